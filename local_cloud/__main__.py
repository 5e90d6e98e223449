"""``python -m local_cloud``."""

import os
import sys

from local_cloud.cli import main

code = main()
try:
    sys.stdout.flush()
    sys.stderr.flush()
except BrokenPipeError:
    code = code or 1  # the reader has seen enough
# All is closed. Taking the imported modules down as well would take most of the time that a serve has to end; and after
# a run that broke off, what Pulumi's SDK keeps of it would have DuckDB's binding report leaks.
os._exit(code)
