"""``python -m local_cloud``."""

import gc
import os
import sys
from pathlib import Path

# The providers' packages alone define some hundred thousand objects that stay; at Python's own pace (every 700 new
# ones) the search among them for cycles takes a quarter of what `up` on the starter data needs of the processor.
gc.set_threshold(100_000, 20, 10)

from local_cloud.commands.cli import main  # noqa: E402 - what it imports is what the line above is for

for name in ("stdout", "stderr"):
    if getattr(sys, name) is None:  # closed by whoever started this
        setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end
code = main()
try:
    sys.stdout.flush()
    sys.stderr.flush()
except OSError:
    code = code or 1  # the reader has seen enough, or cannot take more
# All is closed. Taking the imported modules down as well would take most of the time that a serve has to end; and after
# a run that broke off, what Pulumi's SDK keeps of it would have DuckDB's binding report leaks.
os._exit(code)
