"""The two accounts over HTTP, on loopback; each endpoint is the same door that the commands use in process."""

AWS_PORT = 14566
SNOWFLAKE_PORT = 14443
"""Where `serve` listens unless told."""

LOOPBACK = "127.0.0.1"
"""The only address that is listened on: nothing here asks an AWS client who it is."""
