"""The command: makes the data set that was asked for and says how it went."""

from __future__ import annotations

import os
import sys

from input_data_generator.arguments import parse_request
from input_data_generator.errors import GeneratorError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 + SIGINT."""


def main(argv: list[str]) -> int:
    """Run the command.

    Args:
        argv: the arguments, without the program's name.

    Returns:
        The exit code: 0 made, 1 the run broke off, 2 bad input and nothing written, 130 interrupted.
    """
    run = None
    try:
        request = parse_request(argv)
        from input_data_generator.run import Run  # numpy: not to be waited for when an argument is wrong

        run = Run(request)
        run.make()
    except SystemExit as end:  # argparse, after --help
        return int(end.code or 0)
    except GeneratorError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(run.interruption() if run else "interrupted: nothing was made", file=sys.stderr, flush=True)
        if run and run.lingers:
            os._exit(INTERRUPTED)  # the interpreter would wait for a bucket that does not answer
        return INTERRUPTED
    if not request.quiet:
        print(run.report())
    return 0
