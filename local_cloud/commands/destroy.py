"""The command ``destroy``: what the program made goes, the last first, and then the state folder."""

from __future__ import annotations

from pathlib import Path

from local_cloud.errors import ResourceError
from local_cloud.progress import Progress
from local_cloud.resources import Registry
from local_cloud.state.folder import State, current_generation, hold_state
from local_cloud.state.opened_stack import open_stack


def destroy(folder: Path, progress: Progress) -> None:
    """Undo the program in reverse order, then remove the state folder.

    Raises:
        InputError: there is no such state folder.
        ResourceError: a resource could not be removed; what was removed before it stays so.
    """
    with hold_state(folder, "destroy", must_exist=True) as state:
        if state.current is not None:
            _undo(state, progress)
        state.remove()


def _undo(state: State, progress: Progress) -> None:
    with (
        open_stack(state) as (stack, accounts),
        progress.phase("Destroying the stack", "Destroyed the stack") as phase,
    ):
        registry = Registry(accounts.aws, accounts.snowflake)
        left = list(stack.resources)
        phase.total = len(left)
        while left:
            resource = left[-1]
            try:
                if resource.custom:
                    registry.delete(resource.type, resource.id, resource.outputs)
            except Exception as error:
                stack.with_resources(left).save(current_generation(state))
                raise ResourceError(f"{resource.type} {resource.name!r} could not be removed: {error}") from error
            left.pop()
            phase.advance(resource.name)
        phase.summary = f"{sum(resource.custom for resource in stack.resources):,} resources"
