"""The command ``cost``: what the pipeline would cost in an account, low and high, and which rates that follows from."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from local_cloud.commands.cost_model import RATES, Cost


def print_cost(console: Console, lines: Sequence[Cost]) -> None:
    """Print the estimate and its rates."""
    table = Table(title="A month of 30 days", title_justify="left", box=box.SIMPLE_HEAD, header_style="dim")
    table.add_column("What")
    for column in ("Credits, low", "Credits, high", "USD, low", "USD, high"):
        table.add_column(column, justify="right")
    table.add_column("By")
    for line in lines:
        credits_ = [f"{amount:,.2f}" for amount in line.credits] if line.credits else ["", ""]
        style = "bold" if line is lines[-1] else ""
        table.add_row(line.name, *credits_, f"{line.low:,.2f}", f"{line.high:,.2f}", line.how, style=style)
    console.print(table)
    rates = Table(title="Rates", title_justify="left", box=box.SIMPLE_HEAD, header_style="dim")
    for column in ("What", "Low", "High", "Unit", "Source", "Read"):
        rates.add_column(column, justify="right" if column in {"Low", "High"} else "left", overflow="fold")
    for rate in RATES:
        rates.add_row(rate.name, f"{rate.low:g}", f"{rate.high:g}", rate.unit, rate.source, rate.read)
    console.print(rates)
