"""The proof that files = RAW = CORE = MART, asked in SQL."""
