"""CREATE, ALTER and DROP of the account's objects."""
