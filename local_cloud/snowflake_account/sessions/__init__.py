"""Sessions: a statement in, an answer out."""
