"""COPY INTO: from staged files to a table's rows."""
