"""What a deployment does after a refresh of the stack has found that something was dropped behind its back."""

from __future__ import annotations

from typing import Any

import pytest

from infra import feeds
from tests.program.recording import RUNNING, Recording, run_program
from tests.program.replacement import CREATED, DELETED, REPLACED, changes

FEEDS = tuple(feed.name for feed in feeds.FEEDS)
GONE = {"queryResults": []}


def read(state: str, comment: str = "Loads what lands") -> dict[str, Any]:
    return {"queryResults": [{"STATE": state, "COMMENT": comment}]}


NO_STAGE, NO_TABLE = read("STOPPED_STAGE_DROPPED"), read("STOPPED_MISSING_TABLE")


@pytest.fixture(scope="module")
def before() -> Recording:
    return run_program()


def without(recording: Recording, *gone: str) -> Recording:
    """The state after a refresh that has not found these."""
    return Recording([resource for resource in recording.resources if resource.name not in gone])


def healed(before: Recording, gone: set[str], found: dict[str, Any]) -> dict[str, str]:
    """What becomes of each resource."""
    return changes(without(before, *gone), run_program(found=found))


def renewed(feed: str) -> set[str]:
    """A feed's pipe, why it is replaced, and what a new pipe takes along: its refresh, and the grant on it."""
    return {f"{feed}-renewal", f"{feed}-pipe", f"{feed}-refresh", f"operator-{feed}-pipe"}


def test_a_dropped_pipe_is_made_again_and_then_refreshed(before: Recording):
    found = {"customers-pipe-before": GONE, "customers-pipe-state": GONE}
    assert healed(before, {"customers-pipe"}, found) == {"customers-pipe": CREATED, "customers-refresh": REPLACED}
    again = run_program(found=found)
    assert "customers-pipe" in again.comes_after("customers-refresh")


def test_a_dropped_stage_takes_every_pipe_along_which_it_has_stopped(before: Recording):
    found = {f"{feed}-pipe-{which}": NO_STAGE for feed in FEEDS for which in ("before", "state")}
    pipes = {name: REPLACED for feed in FEEDS for name in renewed(feed)}
    assert healed(before, {"landing-stage"}, found) == {"landing-stage": CREATED} | pipes


def test_a_dropped_raw_table_takes_its_own_pipe_along_and_no_other(before: Recording):
    found = {"products-pipe-before": NO_TABLE, "products-pipe-state": NO_TABLE}
    again = dict.fromkeys(renewed("products"), REPLACED)
    assert healed(before, {"products-raw"}, found) == {"products-raw": CREATED} | again


def test_a_dropped_database_comes_back_with_its_pipes_made_once(before: Recording):
    found = {f"{feed}-pipe-{which}": GONE for feed in FEEDS for which in ("before", "state")}
    gone = {r.name for r in before.resources if "database" in r.inputs or r.name == "database"}
    what = healed(before, gone, found)
    assert {name: change for name, change in what.items() if name not in gone} == {
        f"{feed}-refresh": REPLACED for feed in FEEDS
    }
    assert {what[name] for name in gone} == {CREATED}
    assert DELETED not in what.values()


@pytest.mark.parametrize("state", ["RUNNING", "PAUSED", "STALLED_COMPILATION_ERROR"])
def test_a_pipe_that_new_privileges_or_a_person_let_run_again_is_left_alone(before: Recording, state: str):
    found = {f"{feed}-pipe-{which}": read(state) for feed in FEEDS for which in ("before", "state")}
    assert healed(before, set(), found) == {}


def test_a_pipe_that_was_made_anew_is_left_alone_until_it_is_stopped_again():
    first = run_program(found={"products-pipe-before": NO_TABLE})
    comment = first["products-pipe"].inputs["comment"]
    assert comment == "Loads what lands under products/ into table PRODUCTS; made anew 1 times"

    second = run_program(found={"products-pipe-before": read("RUNNING", comment)})
    assert changes(first, second) == {}

    third = run_program(found={"products-pipe-before": read("STOPPED_STAGE_DROPPED", comment)})
    assert changes(second, third) == dict.fromkeys(renewed("products"), REPLACED)
    assert third["products-pipe"].inputs["comment"].endswith("made anew 2 times")


def test_what_reads_a_pipes_state_at_the_first_deployment_finds_none_and_changes_nothing_later(before: Recording):
    first = run_program(found={f"{feed}-pipe-before": GONE for feed in FEEDS})
    assert changes(first, before) == {}
    assert before["customers-pipe-state"].outputs["queryResults"] == [RUNNING]


def test_what_replaces_a_pipe_does_not_wait_for_it(before: Recording):
    for feed in FEEDS:
        assert f"{feed}-pipe" not in before.comes_after(f"{feed}-renewal")
        assert f"{feed}-pipe" in before.comes_after(f"{feed}-pipe-state")
