"""What is declared: the account's objects, their properties and parameters, and who may use them."""
