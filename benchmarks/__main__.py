"""Runs every benchmark, or those named: ``python -m benchmarks [NAME …]``."""

import sys
from importlib import import_module

BENCHMARKS = ("generator", "pipeline", "live_loading", "growth", "scale", "access", "reading")
"""Modules of this package; each has ``main()``, which prints what it measures."""


def main(names: list[str]) -> int:
    """Run benchmarks by name, all of them without one; return the exit code."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"error: no benchmark {unknown[0]!r}: choose from {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
