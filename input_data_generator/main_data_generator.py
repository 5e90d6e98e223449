"""The exercise's own command: ``python ./input_data_generator/main_data_generator.py`` makes the starter data."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)  # instead of the package's own folder
    from input_data_generator.cli import main

    sys.exit(main(sys.argv[1:]))
