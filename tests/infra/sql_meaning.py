"""What a statement means to a parser, whatever its text looks like."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers


def meaning(sql: str) -> tuple[str, list[str], list[str]]:
    """Return a statement's tree without regard to case, and with regard to it its strings and quoted names."""
    tree = normalize_identifiers(sqlglot.parse_one(sql, read="snowflake"), dialect="snowflake")
    structure = "".join(tree.sql("snowflake", comments=False).upper().split())
    literals = [literal.name for literal in tree.find_all(exp.Literal)]
    return structure, literals, [name.name for name in tree.find_all(exp.Identifier) if name.quoted]
