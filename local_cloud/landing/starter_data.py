"""The data that the program lands if nobody names any: made by the generator, once."""

from __future__ import annotations

from pathlib import Path

from input_data_generator.options import DEFAULT_OUT
from landing_keys import UNFINISHED
from local_cloud.errors import FailedRunError, InputError
from local_cloud.progress import Progress

STARTER_DATA = DEFAULT_OUT


def make_starter_data(project: Path, progress: Progress) -> None:
    """Make the starter data if it is not there, or was broken off; a folder of the user's own is the user's to fill.

    Raises:
        InputError: the folder cannot be written to, or another run is making the data.
        FailedRunError: the data could not be made.
    """
    folder = project / STARTER_DATA
    if folder.exists() and not (folder / UNFINISHED).exists():
        return
    from input_data_generator.arguments import parse_request
    from input_data_generator.errors import BadInput, GeneratorError
    from input_data_generator.run import Run

    with progress.phase("Making the starter data", "Made the starter data") as phase:
        try:
            run = Run(parse_request(["--out", str(folder), "--quiet"]))
            run.make()
        except GeneratorError as error:
            failure = InputError if isinstance(error, BadInput) else FailedRunError
            raise failure(f"the starter data could not be made: {error}") from error
        phase.summary = f"in {STARTER_DATA}, {run.tally}"
