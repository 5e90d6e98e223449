"""What keeps moto from growing while an account is served for days: it remembers what nobody asks for again.

moto notes every instance that it ever makes, for a dashboard that is not here, and lists the versions of objects on
deep copies of all of them, which are noted too. Receipt handles and assumed roles it keeps for good; those of long
ago answer nobody, as on the real services, where they expire.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from moto.core.common_models import BaseModel
from moto.iam.models import iam_backends
from moto.s3.models import FakeKey
from moto.sqs.models import Message, Queue
from moto.sts.models import STSBackend

HANDLES_OF_A_MESSAGE = 100
"""Receipt handles of one message that still end it: a paused pipe's is received every second, for days."""

DELETED_HANDLES = 10_000
"""Receipt handles of deleted messages whose message may be deleted once more, as may be asked for at least once."""

ASSUMED_ROLES = 1_000
"""Sessions of roles, and temporary keys, that are known."""


class _Latest(OrderedDict[str, None]):
    """A set that forgets what came first once it has so many."""

    def update(self, entries: Iterable[str]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Add entries."""
        for entry in entries:
            self[entry] = None
        while len(self) > DELETED_HANDLES:
            self.popitem(last=False)


def _untracked(cls: type[BaseModel], *_: Any, **__: Any) -> BaseModel:
    return object.__new__(cls)


def _listed(key: FakeKey, _: dict[int, Any]) -> FakeKey:
    """Return an object's version as a listing marks it: what is marked is its own, the content is not copied."""
    listed = object.__new__(FakeKey)
    vars(listed).update(vars(key), disposed=True)  # the content is not its to let go
    return listed


def _let_go(key: FakeKey) -> None:
    """Close an object's content without a warning: with instances untracked, none is closed before it is garbage."""
    if not vars(key).get("disposed", True):
        key.dispose()


_mark_received = Message.mark_received


def _mark_received_and_forget(message: Message, *arguments: Any, **named: Any) -> None:
    _mark_received(message, *arguments, **named)
    del message._old_receipt_handles[:-HANDLES_OF_A_MESSAGE]


_init_queue = Queue.__init__


def _begin_queue(queue: Queue, *arguments: Any, **named: Any) -> None:
    _init_queue(queue, *arguments, **named)
    deleted: Any = _Latest()
    queue.deleted_messages = deleted


_assume_role = STSBackend.assume_role


def _assume_role_and_forget(backend: STSBackend, *arguments: Any, **named: Any) -> Any:
    role = _assume_role(backend, *arguments, **named)
    for forgotten in backend.assumed_roles[:-ASSUMED_ROLES]:
        iam_backends[forgotten.account_id][forgotten.partition].access_keys.pop(forgotten.access_key_id, None)
    del backend.assumed_roles[:-ASSUMED_ROLES]
    return role


BOUNDS: tuple[tuple[Any, str, Any], ...] = (
    (BaseModel, "__new__", staticmethod(_untracked)),
    (FakeKey, "__deepcopy__", _listed),
    (FakeKey, "__del__", _let_go),
    (Message, "mark_received", _mark_received_and_forget),
    (Queue, "__init__", _begin_queue),
    (STSBackend, "assume_role", _assume_role_and_forget),
)
"""What is replaced in moto, and by what, while an account is open."""
