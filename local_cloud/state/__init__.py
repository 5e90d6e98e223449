"""The state folder: one process holds it, and what is deployed in it is opened here."""
