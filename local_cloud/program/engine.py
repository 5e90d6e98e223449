"""Runs a Pulumi program in this process, without the CLI, and hands each resource to a provider.

The program sees the engine that Pulumi's own tests see (the SDK's mock monitor), but one that really creates:
a resource is registered only after everything it depends on exists, one at a time, and a create that fails is
put to the resource's error hooks, as the real engine does. What a resource depends on comes from the request
itself, so the graph of a run is the graph that the real engine would see.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import runpy
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
from pulumi import _types as pulumi_types
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import settings as pulumi_settings
from pulumi.runtime.stack import run_in_stack

from local_cloud.errors import FailedRunError, InputError, LocalCloudError
from local_cloud.program.deployment import Deployment, Resource
from local_cloud.program.monitor import ProgramMonitor, Provider

_HOME = Path(__file__).resolve().parents[2]
"""Where a program runs among the modules that are imported already: this project's own."""

_PATIENCE_SECONDS = 0.5
"""How long tasks that are cancelled at the end of a run may take to notice."""


@dataclass(frozen=True)
class Stack:
    """Which stack of which program to run.

    Attributes:
        program: the program's ``__main__.py``.
        project: the project's name.
        name: the stack's name.
        config: config keys with their namespaces, values as the CLI passes them.
    """

    program: Path
    project: str
    name: str
    config: Mapping[str, str]


def run_program(
    stack: Stack,
    provider: Provider,
    *,
    preview: bool = False,
    on_resource: Callable[[Resource], None] = lambda _: None,
    on_message: Callable[[str], None] = lambda _: None,
) -> Deployment:
    """Run a program once.

    Args:
        stack: the program and its config.
        provider: creates its resources.
        preview: whether outputs that the provider leaves out are unknown, as in a preview.
        on_resource: called after each resource.
        on_message: called with each line that the program logs.

    Raises:
        InputError: the program refused its config before it declared anything.
        ResourceError: a resource could not be created.
        FailedRunError: the program itself failed.
    """
    monitor = ProgramMonitor(provider, on_resource)
    logger = _message_logger(on_message)
    failure: LocalCloudError | None = None
    with _event_loops() as loop, _interrupts_stop(loop) as interrupts, _program_folder(stack.program.parent):
        pulumi_mocks.set_mocks(
            monitor.mocks, project=stack.project, stack=stack.name, preview=preview, logger=logger, monitor=monitor
        )
        pulumi_settings.set_root_resource(None)  # pyright: ignore[reportArgumentType]  # set_mocks has made one
        runtime: Any = pulumi_settings.SETTINGS
        runtime.rpc_manager.clear()
        runtime.outputs.clear()
        pulumi.runtime.set_all_config(dict(stack.config))
        try:
            loop.run_until_complete(run_in_stack(lambda: _execute(stack.program)))
        except Exception as error:
            failure = monitor.failure or _program_failure(error, stack.program.parent, monitor.resources_made)
            _forget_frames(error)
            _forget_classes()
        finally:
            pulumi_settings.set_root_resource(None)  # pyright: ignore[reportArgumentType]
            runtime.rpc_manager.clear()
            runtime.outputs.clear()  # of a run that failed, those that nothing came of are still in it
            monitor.release()
    # only here, where no error is being handled: the SDK's cancelled tasks would keep that one and its frames as well
    if interrupts:
        raise KeyboardInterrupt
    if failure:
        raise type(failure)(*failure.args)
    return Deployment(tuple(monitor.made), monitor.outputs)


def _execute(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


def _program_failure(error: Exception, folder: Path, resources: int) -> LocalCloudError:
    """A RunError is the program's own word to its user; anything else is a mistake in it, so say where."""
    if isinstance(error, pulumi.RunError):
        return FailedRunError(str(error)) if resources else InputError(str(error))
    frames = []
    trace = error.__traceback__
    while trace:
        frames.append((Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno))
        trace = trace.tb_next
    own = [(path, line) for path, line in frames if path.is_relative_to(folder) and "site-packages" not in path.parts]
    place = f" ({own[-1][0].relative_to(folder)}, line {own[-1][1]})" if own else ""
    return FailedRunError(f"the program failed{place}: {type(error).__name__}: {error}")


def _forget_frames(error: BaseException) -> None:
    """Take the frames off an error: the SDK keeps it for good, and with them whatever the provider has open."""
    errors: list[BaseException | None] = [error]
    for one in errors:  # the list grows by what each came from; the SDK raises an error from itself
        if one is not None:
            one.__traceback__ = None
            errors += [origin for origin in (one.__cause__, one.__context__) if origin not in errors]


def _forget_classes() -> None:
    """Let go of a program's own classes: the SDK remembers for good what it found out about a class.

    A class leads to the resources beside it in its module, they to outputs with the error, that to where it came from.
    """
    for remembered in vars(pulumi_types).values():
        if isinstance(remembered, functools._lru_cache_wrapper):
            remembered.cache_clear()


class _MessageHandler(logging.Handler):
    def __init__(self, on_message: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._on_message = on_message

    def emit(self, record: logging.LogRecord) -> None:
        self._on_message(record.getMessage())


def _message_logger(on_message: Callable[[str], None]) -> logging.Logger:
    logger = logging.Logger("program", logging.INFO)
    logger.addHandler(_MessageHandler(on_message))
    return logger


@contextlib.contextmanager
def _event_loops() -> Iterator[asyncio.AbstractEventLoop]:
    """The program's loop, and a single thread with a loop of its own that answers its requests one by one."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # of a run that fails, the first error counts; it is raised
    asyncio.set_event_loop(loop)
    thread_loops: list[asyncio.AbstractEventLoop] = []

    def begin_thread() -> None:
        thread_loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(thread_loops[-1])

    executor = ThreadPoolExecutor(1, "pulumi-requests", initializer=begin_thread)
    loop.set_default_executor(executor)
    try:
        yield loop
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        if unfinished := asyncio.all_tasks(loop):
            for task in unfinished:
                task.cancel()
            # after an interrupt some of the SDK's tasks wait for answers that never come, whatever one tells them
            loop.run_until_complete(asyncio.wait(unfinished, timeout=_PATIENCE_SECONDS))
        for used in (*thread_loops, loop):
            used.close()
        asyncio.set_event_loop(None)


@contextlib.contextmanager
def _interrupts_stop(loop: asyncio.AbstractEventLoop) -> Iterator[list[int]]:
    """Let Ctrl-C stop the loop, and give the list that then has an entry.

    Raised inside the program, a KeyboardInterrupt would be kept by the SDK until everything that was declared by then
    exists, and some of that never will.
    """
    interrupts: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return

    def stop() -> None:
        interrupts.append(signal.SIGINT)
        loop.stop()

    before = signal.getsignal(signal.SIGINT)
    loop.add_signal_handler(signal.SIGINT, stop)
    try:
        yield interrupts
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _program_folder(folder: Path) -> Iterator[None]:
    """Be where the CLI runs a program: in its folder, with its modules to import, whatever else has their names."""
    names = _modules_of(folder) if folder.resolve() != _HOME else frozenset()
    ours = _taken_out(names)
    sys.path.insert(0, str(folder))
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        sys.path.remove(str(folder))
        if names:
            _taken_out(names)
            sys.modules.update(ours)


def _modules_of(folder: Path) -> frozenset[str]:
    """Return what a program in this folder may import of its own; what runs it is never part of it."""
    files = {path.stem for path in folder.glob("*.py")}
    return frozenset(files | {path.parent.name for path in folder.glob("*/*.py")}) - {"__main__", "local_cloud"}


def _taken_out(names: frozenset[str]) -> dict[str, ModuleType]:
    """Take the modules of these names out of those that are imported, and return them."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in names}
