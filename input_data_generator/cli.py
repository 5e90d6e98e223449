"""The command: makes the data set that was asked for and says how it went."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from types import FrameType

from input_data_generator.arguments import parse_request
from input_data_generator.errors import GeneratorError

INTERRUPTED = 128 + signal.SIGINT
"""Exit code after Ctrl-C, as shells have it."""


class _Terminated(KeyboardInterrupt):
    """A request to end; whatever is let go of after Ctrl-C is let go of after it."""


def main(argv: list[str]) -> int:
    """Run the command.

    Args:
        argv: the arguments, without the program's name.

    Returns:
        The exit code: 0 made, 1 the run broke off, 2 bad input and nothing written, 130 interrupted
        (Ctrl-C), 143 terminated (SIGTERM).
    """
    run = None
    try:
        _listen_for_termination()
        _print_whatever_is_said()
        request = parse_request(argv)
        from input_data_generator.run import Run  # numpy: not to be waited for when an argument is wrong

        run = Run(request)
        run.make()
    except SystemExit as end:  # argparse, after --help
        return int(end.code or 0)
    except GeneratorError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt as interrupt:
        exit_code = 128 + signal.SIGTERM if isinstance(interrupt, _Terminated) else INTERRUPTED
        print(run.interruption() if run else "interrupted: nothing was made", file=sys.stderr, flush=True)
        if run and run.lingers:
            os._exit(exit_code)  # the interpreter would wait for a bucket that does not answer
        return exit_code
    return 0 if request.quiet or _said(run.report()) else 1


def _said(report: str) -> bool:
    try:
        print(report, flush=True)
    except OSError as error:  # the reader has seen enough, or cannot take more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter would try again at its end
        if not isinstance(error, BrokenPipeError):
            print(f"error: {error}: {report}", file=sys.stderr)
        return False
    return True


def _print_whatever_is_said() -> None:
    """Spell the characters that the terminal's encoding does not have, instead of failing on them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _listen_for_termination() -> None:
    def terminate(_number: int, _frame: FrameType | None) -> None:
        raise _Terminated

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, terminate)
