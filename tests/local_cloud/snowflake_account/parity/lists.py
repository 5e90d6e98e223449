"""The list of SQL that people type when they load and look at data, by kind, and the document that is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.local_cloud.snowflake_account.parity import (
    aggregates,
    conditions,
    conversions,
    numbers,
    queries,
    statements,
    texts,
    times,
    types,
    variants,
)
from tests.local_cloud.snowflake_account.parity.case import Case

LISTS = {
    each.KIND: each.CASES
    for each in (
        *(queries, statements, types, texts, numbers, conversions),
        *(times, conditions, aggregates, variants),
    )
}
"""The cases of each kind."""

DOCUMENT = Path(__file__).parents[4] / "docs" / "sql-parity.md"
BEGIN, END = "<!-- parity -->\n", "<!-- /parity -->\n"


def every_case() -> Iterator[tuple[str, Case]]:
    """Yield each case with its kind."""
    for kind, cases in LISTS.items():
        for case in cases:
            yield kind, case


def listed() -> str:
    """Return the document's tables."""
    parts = []
    for kind, cases in LISTS.items():
        names = [_cell(case.name) for case in cases if not case.is_refused]
        refused = [_cell(case.name) for case in cases if case.is_refused]
        parts += [f"| {kind} | {'; '.join(names)} | {'; '.join(refused) or '–'} |\n"]
    head = "| Kind | Supported | Refused by name |\n| --- | --- | --- |\n"
    return head + "".join(parts)


def _cell(name: str) -> str:
    return "`" + name.replace("|", "\\|") + "`"


def in_document() -> str:
    """Return what stands in the document."""
    text = DOCUMENT.read_text("utf-8")
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)]


if __name__ == "__main__":
    text = DOCUMENT.read_text("utf-8")
    before, after = text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]
    DOCUMENT.write_text(before + listed() + after, "utf-8")
