"""The embedded AWS account: moto, and what makes it last."""
