"""What holds for every test.

Ctrl-C reaches the processes that tests start, the collector keeps out of the way, and this project is called as the
tests have it, so that those of a project that was made from this one, under a name of its own, hold as they are.
"""

import gc
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

# As in `python -m local_cloud`, whose comment says why: a fifth of what the tests need of the processor.
gc.set_threshold(100_000, 20, 10)

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell without job control starts what it puts into the background (`make test &`) deaf to Ctrl-C, and processes
    # inherit that: those that the tests start and interrupt would run on.
    signal.signal(signal.SIGINT, signal.default_int_handler)

if find_spec("hypothesis"):
    from hypothesis import settings

    # How long one example takes says how busy the machine is, and nothing of the code.
    settings.register_profile("any machine", deadline=None)
    settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def _name_of_the_project() -> Iterator[None]:
    if find_spec("pulumi") is None:  # an environment of clients, which has nothing of the project
        yield
        return
    from infra.naming import FIRST_PROJECT
    from local_cloud.program import config, local_stack

    read = config.read_project

    def read_project(folder: Path) -> dict[str, Any]:
        project = read(folder)
        if folder != config.PROJECT:
            return project
        declared = project["config"]
        return {
            **project,
            "name": FIRST_PROJECT,
            "config": {**declared, "system": {**declared["system"], "default": ""}},
        }

    with pytest.MonkeyPatch.context() as patch:
        for module in (config, local_stack):
            patch.setattr(module, "read_project", read_project)
        yield
