from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from local_cloud.commands.report import print_report
from local_cloud.commands.summary import FeedCount, ModelCount, Rejection, Summary
from local_cloud.program.deployed_stack import DeployedStack
from local_cloud.program.deployment import Deployment, Resource
from local_cloud.progress import Progress
from local_cloud.reconciliation.checks import Check

FEED = FeedCount("orders", landed=3, loaded=3, rejected=(), rows=7)
RESULT = Summary(
    feeds=(FEED,),
    models=(ModelCount("MART.V", "view", 1234), ModelCount("CORE.T", "dynamic table", 9)),
    columns=("CUSTOMER_ID", "PURCHASE_COUNT"),
    first_rows=(("C1", 5), (None, 4)),
    view_rows=1234,
    checks=(Check("all agree", 3),),
)


def bucket(name: str, type_token: str = "aws:s3/bucket:Bucket", *, custom: bool = True) -> Resource:
    return Resource(name, type_token, name, "", custom, "", {}, {}, ())


STACK = DeployedStack(
    "shop",
    "dev",
    "eu-west-1",
    Deployment(
        (
            bucket("house", "a:b:House", custom=False),
            bucket("a"),
            bucket("b"),
            bucket("v", "snowflake:index/view:View"),
        ),
        {"view": "RETAIL_DEV.MART.V", "database": "RETAIL_DEV", "bucket": "landing"},
    ),
)


def report(result: Summary, *, width: int = 120, option: str = "") -> str:
    out = io.StringIO()
    print_report(Console(file=out, width=width), STACK, result, option)
    return out.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_report_has_resources_feeds_models_and_the_first_rows() -> None:
    text = words(report(RESULT, width=80))
    assert "aws Bucket 2 snowflake View 1" in text
    assert "in all 3" in text
    assert "orders 3 3 0 7" in text
    assert "CORE.T dynamic table 9 MART.V view 1,234" in text
    assert "MART.V 2 of 1,234 rows" in text
    assert "NULL 4" in text
    assert "Every landed file was loaded, and the counts agree." in text


def test_no_line_is_wider_than_the_console_but_the_commands() -> None:
    for width in (60, 80, 120):
        lines = report(RESULT, width=width).splitlines()
        assert all(len(line) <= width for line in lines if "python -m" not in line)


def test_commands_are_in_one_piece_and_name_the_state_folder() -> None:
    text = report(RESULT, width=60, option=" --state /some/where")
    assert 'python -m local_cloud query --state /some/where "select * from MART.V limit 20"\n' in text
    assert "python -m local_cloud destroy --state /some/where\n" in text
    assert "make dashboard ARGS='--state /some/where'\n" in text


def test_rejected_files_are_named_with_their_first_error_and_its_line() -> None:
    rejected = (
        Rejection("orders/a-1.json", "Error parsing JSON: [oops]", 30),
        Rejection("orders/b-2.json", "gone", None),
    )
    told = Check("loaded", 5, ("orders/a-1.json was rejected: Error", "orders/b-2.json was rejected: gone"))
    result = replace(RESULT, feeds=(replace(FEED, landed=5, rejected=rejected),), checks=(told,))
    text = words(report(result))
    assert "orders 5 3 2 7" in text
    assert "orders/a-1.json 30 Error parsing JSON: [oops]" in text
    assert "orders/b-2.json gone" in text
    assert "2 things do not add up." in text


def test_every_difference_is_told() -> None:
    checks = (Check("a", 2, ("x.json landed and was never loaded",)), Check("b", 1, ("V: 8 instead of 9",)))
    result = replace(RESULT, checks=checks)
    assert result.differences == ["x.json landed and was never loaded", "V: 8 instead of 9"]
    text = report(result)
    assert all(difference in text for difference in result.differences)
    assert "2 things do not add up." in text


def test_where_nothing_landed_nothing_is_called_loaded() -> None:
    text = words(report(replace(RESULT, feeds=(replace(FEED, landed=0, loaded=0, rows=0),))))
    assert "no file has landed, so nothing is proved" in text
    assert "Every landed file was loaded" not in text


def test_one_difference_is_one_thing() -> None:
    assert "1 thing does not add up." in report(replace(RESULT, checks=(Check("a", 1, ("off",)),)))


def test_of_many_problems_the_first_are_shown_and_the_rest_counted() -> None:
    rejected = tuple(Rejection(f"orders/{number}.json", "broken", 1) for number in range(12))
    told = tuple(f"{rejection.file} was rejected: broken" for rejection in rejected)
    unheard = tuple(f"orders/unheard-{number}.json landed and was never loaded" for number in range(13))
    checks = (Check("loaded", 25, told + unheard),)
    text = words(report(replace(RESULT, feeds=(replace(FEED, rejected=rejected),), checks=checks)))
    assert "orders/9.json" in text
    assert "orders/10.json" not in text
    assert "and 2 more" in text
    assert "unheard-9.json" in text
    assert "unheard-10.json" not in text
    assert "and 3 more" in text


def progress_lines(*, terminal: bool) -> str:
    out = io.StringIO()
    progress = Progress(Console(file=out, force_terminal=terminal, width=80, color_system=None))
    with progress.phase("Loading [files]", "Loaded [files]", 2) as phase:
        phase.advance("one")
        phase.advance("two")
        progress.note("a [note]")
        phase.summary = "2 files"
    return out.getvalue()


def test_without_a_terminal_a_phase_is_one_plain_line_at_its_end() -> None:
    first, second = progress_lines(terminal=False).splitlines()
    assert first == "  a [note]"
    assert second.startswith("✓ Loaded [files] 2 files 0.")


def test_on_a_terminal_a_phase_counts_while_it_lasts() -> None:
    text = progress_lines(terminal=True)
    assert "Loading [files]" in text
    assert "✓ Loaded [files] 2 files" in text


def test_commands_call_the_interpreter_that_the_shell_would_find(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(Path.cwd() / ".venv" / "bin" / "python"))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert "  .venv/bin/python -m local_cloud graph\n" in report(RESULT)
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert "  python -m local_cloud graph\n" in report(RESULT)
