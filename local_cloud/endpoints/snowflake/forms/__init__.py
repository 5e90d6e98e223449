"""How values travel to and from Snowflake's drivers: as Arrow, as JSON, as binds, in chunks."""
