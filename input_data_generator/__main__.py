"""Runs the generator: ``python -m input_data_generator``."""

import sys

from input_data_generator.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
