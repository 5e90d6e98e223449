"""What a person reads at the end of ``up``."""

# ruff: noqa: S608 - what is put into these statements are names of the program's own resources

from __future__ import annotations

import os
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from local_cloud.commands.summary import FeedCount, ModelCount, Summary
from local_cloud.program.deployed_stack import DeployedStack

PLAIN_WIDTH = 120
"""Columns of a report that no terminal shows."""

_SIDE_BY_SIDE = 116
"""Columns from which resources stand beside feeds and models."""

_MOST_PROBLEMS = 10

_CONTROL_CHARACTERS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}


def print_report(console: Console, stack: DeployedStack, result: Summary, state_option: str) -> None:
    """Print the tables of an ``up``.

    Args:
        console: where to.
        stack: what was deployed.
        result: what was counted.
        state_option: how further commands name the state folder: empty, or `` --state DIR``.
    """
    view = stack.outputs["view"] if result.columns else ""
    console.print()
    feeds = [_feeds(result.feeds)] if result.feeds else []
    overview = (_resources(stack), Group(*feeds, _models(result.models, view)))
    if console.width >= _SIDE_BY_SIDE:
        grid = Table.grid(padding=(0, 3))
        grid.add_row(*overview)
        console.print(grid)
    else:
        console.print(*overview)
    if view:
        console.print(_first_rows(view, result))
    for problem in _problems(result):
        console.print(problem)
    console.print(_verdict(stack, result))
    for what, command in _next_commands(stack, state_option) if view else _next_of_any(state_option):
        # in one piece, however narrow the terminal is, so that it can be copied
        console.print(f"  [dim]{what:<28}[/]  [cyan]{escape(command)}[/]", soft_wrap=True, highlight=False)


def _table(title: str, *columns: str, numbers: Sequence[str] = ()) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, header_style="dim")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left")
    return table


def _resources(stack: DeployedStack) -> Table:
    table = _table("Resources", "Type", "Count", numbers=["Count"])
    counts = Counter(resource.type for resource in stack.resources if resource.custom)
    for provider in sorted({type_token.partition(":")[0] for type_token in counts}):
        table.add_row(f"[dim]{provider}[/]")
        for type_token, count in sorted(counts.items()):
            if type_token.startswith(f"{provider}:"):
                table.add_row(f" {type_token.rpartition(':')[2]}", f"{count:,}")
    table.add_section()
    table.add_row("in all", f"{counts.total():,}", style="bold")
    return table


def _feeds(feeds: Sequence[FeedCount]) -> Table:
    numbers = ["Landed", "Loaded", "Rejected", "Rows"]
    table = _table("Feeds", "Feed", *numbers, numbers=numbers)
    for feed in feeds:
        refused = len(feed.rejected)
        table.add_row(
            feed.name,
            f"{feed.landed:,}",
            f"{feed.loaded:,}",
            f"[bold red]{refused:,}[/]" if refused else "0",
            f"{feed.rows:,}",
        )
    return table


def _models(models: Sequence[ModelCount], view: str) -> Table:
    table = _table("Models", "Model", "Kind", "Rows", numbers=["Rows"])
    for model in sorted(models, key=lambda model: model.name):
        style = "bold" if view and view.endswith(f".{model.name}") else ""
        table.add_row(Text(model.name, no_wrap=True), f"[dim]{model.kind}[/]", f"{model.rows:,}", style=style)
    return table


def _first_rows(view: str, result: Summary) -> Table:
    name = view.partition(".")[2]
    numbers = ["LOYALTY_SCORE", "PURCHASE_COUNT"]
    shown = f"{len(result.first_rows)} of {result.view_rows:,} rows, the most bought first"
    table = _table(f"{name} [dim]{shown}[/]", *result.columns, numbers=numbers)
    for row in result.first_rows:
        table.add_row(*(cell_text(value) for value in row))
    return table


def cell_text(value: Any) -> Text:
    """Return a value as a table shows it; NULL is dim, so that no text looks like it."""
    return Text("NULL", style="dim") if value is None else Text(printable(str(value)))


def printable(text: str) -> str:
    """Spell the control characters of a text: what a file says is data, and no command to the terminal."""
    return text.translate(_CONTROL_CHARACTERS)


def _problems(result: Summary) -> list[RenderableType]:
    shown: list[RenderableType] = []
    if rejected := result.rejected:
        table = _table("Rejected files", "File", "Line", "First error", numbers=["Line"])
        for rejection in rejected[:_MOST_PROBLEMS]:
            line = "" if rejection.line is None else f"{rejection.line:,}"
            table.add_row(Text(printable(rejection.file)), line, Text(printable(rejection.error), style="red"))
        shown += [table, *_and_more(len(rejected))]
    told = tuple(f"{rejection.file} was rejected" for rejection in rejected)
    others = [difference for difference in result.differences if not difference.startswith(told)]
    shown += [Text(f"  {printable(difference)}", style="red") for difference in others[:_MOST_PROBLEMS]]
    return shown + _and_more(len(others))


def _and_more(count: int) -> list[RenderableType]:
    hidden = count - _MOST_PROBLEMS
    return [Text(f"  and {hidden:,} more", style="dim")] if hidden > 0 else []


def _verdict(stack: DeployedStack, result: Summary) -> Panel:
    count = len(result.differences)
    if not count:
        return Panel("[bold green]Every landed file was loaded, and the counts agree.[/]", **_BOX, border_style="green")
    things = "1 thing does not add up." if count == 1 else f"{count:,} things do not add up."
    where = f" What was rejected is in {stack.outputs['database']}.OPS.LOAD_FAILURES." if result.feeds else ""
    text = f"[bold red]{things}[/]{where}"
    return Panel(text, **_BOX, border_style="red")


_BOX: dict[str, Any] = {"box": box.ROUNDED, "expand": False, "padding": (0, 1)}


def _next_commands(stack: DeployedStack, state_option: str) -> list[tuple[str, str]]:
    python, view = _python(), stack.outputs["view"].partition(".")[2]
    query = f"{python} -m local_cloud query{state_option}"
    return [
        ("ask the view", f'{query} "select * from {view} limit 20"'),
        ("what looks wrong in the data", f'{query} "select * from MART.DATA_QUALITY limit 20"'),
        ("what was rejected", f'{query} "select * from OPS.LOAD_FAILURES"'),
        ("prove it again", f"{python} -m local_cloud verify{state_option}"),
        ("the resource graph", f"{python} -m local_cloud graph"),
        ("look at it in a browser", dashboard_command(state_option)),
        ("remove it all", f"{python} -m local_cloud destroy{state_option}"),
    ]


def dashboard_command(state_option: str) -> str:
    """Return what to type to look at a state folder in a browser."""
    option = state_option.strip()
    return f"make dashboard ARGS={shlex.quote(option)}" if option else "make dashboard"


def _next_of_any(state_option: str) -> list[tuple[str, str]]:
    python = f"{_python()} -m local_cloud"
    return [
        ("ask", f'{python} query{state_option} "show tables"'),
        ("remove it all", f"{python} destroy{state_option}"),
    ]


def _python() -> str:
    """Return how a shell here calls this interpreter: `make local` does not activate the environment."""
    here = Path(sys.executable)
    if os.environ.get("VIRTUAL_ENV") == sys.prefix or not here.is_relative_to(Path.cwd()):
        return "python"
    return str(here.relative_to(Path.cwd()))
