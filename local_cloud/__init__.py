"""The embedded cloud: the Pulumi program on this machine, on accounts that answer like the real ones."""
