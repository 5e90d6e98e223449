"""A Pulumi program run in this process: its config, the engine under it, and the graph it draws."""
