"""What can go wrong, as a person reads it.

::

    GeneratorError      one line: the value, the limit, the remedy
    ├── BadInput        an option, a folder or a bucket that cannot be used; nothing was written (exit 2)
    └── RunFailed       the run broke off; what is complete stays, a rerun completes it (exit 1)
"""


class GeneratorError(Exception):
    """A failure whose message is one line for the person who ran the command."""

    exit_code = 1


class BadInput(GeneratorError):  # noqa: N818  (named for what the person gave)
    """What was asked for cannot be done; nothing has been written."""

    exit_code = 2


class RunFailed(GeneratorError):  # noqa: N818  (named for what happened)
    """The run could not be finished."""
