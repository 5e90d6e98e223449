"""Who may do what: the privileges that a statement needs, and whether the active roles have them."""
