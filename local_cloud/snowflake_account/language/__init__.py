"""Text to values, without an account: tokens, names, statements and their grammar."""
