"""Where Snowflake's SQL is not DuckDB's: one difference a file."""
