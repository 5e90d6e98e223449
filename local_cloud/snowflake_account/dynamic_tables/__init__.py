"""Dynamic tables: what they read, and their refresh."""
