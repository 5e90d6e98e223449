"""The rows: DuckDB's databases, the connections to them, and the load history beside the rows."""
