"""Data folders: what of them lands under which key, the generator's manifest, the starter data."""
