"""What can be wrong with the program's own inputs, all of it found before any resource is registered.

::

    ProgramError          (a pulumi.RunError: the CLI prints its one line and no stack trace)
    ├── SettingsError     a config value, or the data folder that it names
    └── CatalogError      a file in sql/
"""

from __future__ import annotations

import pulumi


class ProgramError(pulumi.RunError):
    """The program cannot describe a stack from what it was given."""


class SettingsError(ProgramError):
    """A config value is not allowed; the message names the key, the value and what is allowed."""


class CatalogError(ProgramError):
    """A file in sql/ cannot be deployed; the message names the file and the reason."""
