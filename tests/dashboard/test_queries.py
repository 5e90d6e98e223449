"""No query of the dashboard reads RAW as a whole."""

from __future__ import annotations

import ast
import re

import pytest

from tests.dashboard.conftest import DASHBOARD

QUERIES = {path.stem: path.read_text("utf-8") for path in sorted((DASHBOARD / "queries").glob("*.sql"))}
CODE = {path.name: path.read_text("utf-8") for path in sorted(DASHBOARD.glob("*.py"))}

WHOLE_OF_RAW = ("changed_files", "reconciliation")
"""Views of OPS that read every raw row."""


def texts(code: str) -> list[str]:
    """Return every text of a module, those of an f-string in one piece; documentation is none."""
    tree = ast.parse(code)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            found.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            found.append("".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values))
    return [text for text in found if re.match(r"\s*(select|with)\b", text, re.IGNORECASE)]


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_names_a_raw_table_or_a_view_that_reads_all_of_them(name: str) -> None:
    assert not re.search(r"\braw\s*\.", QUERIES[name], re.IGNORECASE)
    assert not any(view in QUERIES[name].lower() for view in WHOLE_OF_RAW)


def test_a_statement_in_the_code_that_names_a_raw_table_asks_for_one_row_of_one_file() -> None:
    statements = [text for code in CODE.values() for text in texts(code) if re.search(r"\bRAW\.", text)]
    assert statements
    complete = [text for text in statements if "where" in text or text.count(" ") > 3]
    assert all(text.endswith("where _FILE = ? and _FILE_ROW = ?") for text in complete)


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_asked(name: str) -> None:
    assert any(f'"{name}"' in code for code in CODE.values())


def test_nothing_of_the_data_can_become_html() -> None:
    for name, code in CODE.items():
        assert "unsafe_allow_html" not in code, name
        assert "st.html" not in code, name
        assert "components" not in code, name
