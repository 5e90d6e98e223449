"""Every error that a command of the embedded cloud ends with, and the exit code of each.

    LocalCloudError
    ├── InputError             exit 2: what was asked for cannot be done; nothing was started
    │   └── StateHeldError     another process holds the state folder
    └── FailedRunError         exit 1: the work began and did not end well
        └── ResourceError      one resource could not be created or removed
            └── CallError      a provider's function found nothing; the program may take it as it likes

Messages are one line: the value, the limit, the remedy.
"""

from __future__ import annotations


class LocalCloudError(Exception):
    """The base of this hierarchy.

    Attributes:
        exit_code: what the command line answers.
    """

    exit_code = 1


class InputError(LocalCloudError):
    """What was asked for cannot be done, and nothing was started."""

    exit_code = 2


class StateHeldError(InputError):
    """Another process holds the state folder."""


class FailedRunError(LocalCloudError):
    """The work began and did not end well."""


class ResourceError(FailedRunError):
    """One resource of the program could not be created or removed."""


class CallError(ResourceError):
    """A provider's function did not find what it was asked for."""
