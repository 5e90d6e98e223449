from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

import pytest

from local_cloud.accounts import Accounts
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowpipe import live_loading
from local_cloud.snowpipe.live_loading import LiveLoading
from tests.local_cloud.served import WITHIN, eventually

RAW = Name(("DB", "RAW", "TRANSACTIONS"))
OTHER = Name(("DB", "RAW", "CUSTOMERS"))


class FakeSnowflake:
    """Counts refreshes; `during` is what happens inside one."""

    def __init__(self) -> None:
        self.on_data_change: Callable[[Collection[Name] | None], None] = lambda _: None
        self.refreshed: list[set[Name] | None] = []
        self.during: Callable[[], object] = lambda: None
        self.interrupted = threading.Event()

    def run_due_tasks(self, now: datetime) -> None:
        """It has no tasks."""

    def tell_of_changes(self, on_data_change: Callable[[Collection[Name] | None], None]) -> None:
        self.on_data_change = on_data_change

    def refresh_dynamic_tables(self, changed: Collection[Name] | None) -> None:
        self.refreshed.append(None if changed is None else set(changed))
        self.during()

    def interrupt(self) -> None:
        self.interrupted.set()


class FakeAws:
    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None


class FakeSnowpipe:
    """Counts turns; `work` is what a turn does."""

    def __init__(self, *_: object) -> None:
        self.turns = 0
        self.work: Callable[[Callable[[], None]], object] = lambda _: None

    def run_until_idle(self, on_batch: Callable[[], None]) -> None:
        self.turns += 1
        self.work(on_batch)


class Running:
    def __init__(self) -> None:
        self.snowflake, self.aws, self.notes = FakeSnowflake(), FakeAws(), list[str]()
        accounts: Any = Accounts(self.aws, self.snowflake)  # pyright: ignore[reportArgumentType]
        self.loading = LiveLoading(accounts, self.notes.append)
        self.snowpipe: Any = self.loading._snowpipe


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(live_loading, "Snowpipe", FakeSnowpipe)
    monkeypatch.setattr(live_loading, "PAUSE_AFTER_ERROR", 0.01)
    found = Running()
    yield found
    assert found.loading.stop(within=WITHIN)


def test_everything_is_refreshed_at_the_start_and_then_only_what_has_changed(running: Running) -> None:
    running.loading.start()
    eventually(lambda: running.snowflake.refreshed == [None])
    running.snowflake.on_data_change([RAW])
    eventually(lambda: running.snowflake.refreshed == [None, {RAW}])
    running.snowflake.on_data_change(None)
    eventually(lambda: running.snowflake.refreshed == [None, {RAW}, None])


def test_without_a_change_nothing_is_refreshed(running: Running) -> None:
    running.loading.start()
    eventually(lambda: running.snowflake.refreshed == [None])
    for turn in range(5):
        before = running.snowpipe.turns
        running.aws.on_change()
        eventually(lambda before=before: running.snowpipe.turns > before)
        assert running.snowflake.refreshed == [None], f"turn {turn}"


def test_what_changes_during_a_refresh_is_refreshed_after_it(running: Running) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def first() -> None:
        begun.set()
        assert go_on.wait(WITHIN)

    running.snowflake.during = first
    running.loading.start()
    assert begun.wait(WITHIN)
    running.snowflake.on_data_change([RAW])
    running.snowflake.on_data_change([OTHER])
    go_on.set()
    eventually(lambda: running.snowflake.refreshed == [None, {RAW, OTHER}])


def test_a_refresh_that_fails_is_tried_again_and_noted_once(running: Running) -> None:
    running.loading.start()
    eventually(lambda: running.snowflake.refreshed == [None])

    def fail() -> None:
        if len(running.snowflake.refreshed) < 5:
            raise SnowflakeError("no\nluck")

    running.snowflake.during = fail
    running.snowflake.on_data_change([RAW])
    eventually(lambda: running.snowflake.refreshed == [None, *[{RAW}] * 4])
    assert [note for note in running.notes if "no luck" in note] == running.notes
    assert len(running.notes) == 1


@pytest.mark.parametrize(
    ("error", "note"),
    [(SnowflakeError("no luck"), "no luck"), (RecursionError(), "RecursionError()")],
    ids=["an error of the account", "an error that nobody expects"],
)
def test_loading_that_fails_is_tried_again_although_nothing_new_came(
    running: Running, error: Exception, note: str
) -> None:
    def fail(_: object) -> None:
        if running.snowpipe.turns < 3:
            raise error

    running.snowpipe.work = fail
    running.loading.start()
    eventually(lambda: running.snowpipe.turns == 3)
    assert running.notes == [note]


def test_the_stop_ends_the_loading_between_two_batches(running: Running) -> None:
    batches: list[int] = []
    loaded = threading.Event()

    def endless(on_batch: Callable[[], None]) -> None:
        while True:
            batches.append(1)
            loaded.set()
            on_batch()

    running.snowpipe.work = endless
    running.loading.start()
    assert loaded.wait(WITHIN)
    assert running.loading.stop(within=WITHIN)
    assert not running.snowflake.interrupted.is_set()


def test_the_stop_interrupts_what_takes_too_long(running: Running) -> None:
    begun = threading.Event()

    def long() -> None:
        begun.set()
        assert running.snowflake.interrupted.wait(WITHIN)

    running.snowflake.during = long
    running.loading.start()
    assert begun.wait(WITHIN)
    assert running.loading.stop(within=0.05) or running.loading.stop(within=WITHIN)
    assert running.snowflake.interrupted.is_set()
