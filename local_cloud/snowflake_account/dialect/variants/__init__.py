"""VARIANT beside other types: which expressions are VARIANTs, and the conversions that Snowflake makes by itself."""
