"""What the speed claims rest on: ``python -m benchmarks`` measures them again."""
