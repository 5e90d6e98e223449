"""What exists in the cloud: one component per file, and beside them the pure modules that decide."""
