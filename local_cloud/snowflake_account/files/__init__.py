"""Bytes to rows: CSV, JSON and Parquet files in the formats that Snowflake describes."""
