"""What the account tells the outside: notification integrations, and the messages that go through them."""
