"""``python -m local_cloud``."""

import os
import sys

from local_cloud.cli import main

code = main()
if sys.argv[1:2] == ["serve"]:
    # all is closed; taking the imported modules down as well would take most of the time that a serve has to end
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
sys.exit(code)
