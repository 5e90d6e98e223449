"""From the queue to the pipes: what events mean, and loading while `serve` runs."""
