"""Which table or view reads which, by the texts that the account keeps of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SCHEMAS = ("RAW", "CORE", "MART", "OPS")

_NAMED = re.compile(rf'"?\b({"|".join(SCHEMAS)})\b"?\s*\.\s*"?(\w+)"?', re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)

_FILLS = {"RAW": "#DCE9F5", "CORE": "#E4F2EC", "MART": "#FBE9DC", "OPS": "#ECECEC"}
_INK, _EDGE = "#1B1F27", "#7A8699"


def reads(texts: Mapping[str, str], known: Iterable[str]) -> list[tuple[str, str]]:
    """Return the edges from what is read to what reads it.

    Args:
        texts: the statement of each model, by `SCHEMA.NAME`.
        known: every table and view, by `SCHEMA.NAME`.
    """
    there = set(known)
    edges = {
        (f"{schema}.{name}".upper(), model)
        for model, text in texts.items()
        for schema, name in _NAMED.findall(_COMMENT.sub(" ", text))
    }
    return sorted(edge for edge in edges if edge[0] in there and edge[0] != edge[1])


def drawn(names: Iterable[str], edges: Iterable[tuple[str, str]]) -> str:
    """Return the graph in Graphviz's language; boxes are light with dark text, on a light page and on a dark one."""
    lines = [
        'digraph { rankdir=LR; bgcolor="transparent"; nodesep=0.15; ranksep=0.5;',
        'node [shape=box style="filled,rounded" fontname="sans-serif" fontsize=11];',
        f'node [color="{_EDGE}" fontcolor="{_INK}"];',
        f'edge [color="{_EDGE}" arrowsize=0.6];',
    ]
    for name in names:
        schema, _, relation = name.partition(".")
        lines.append(f'{_quoted(name)} [label={_quoted(relation, schema)} fillcolor="{_FILLS[schema]}"];')
    lines += [f"{_quoted(read)} -> {_quoted(reader)};" for read, reader in edges]
    return "\n".join([*lines, "}"])


def _quoted(*lines: str) -> str:
    """Return lines of text as Graphviz takes them literally."""
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines) + '"'
