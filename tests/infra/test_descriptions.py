"""What models and their columns are: read from the file beside the SQL, and refused where it does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.descriptions import Description, read_description
from infra.errors import CatalogError

GOOD = "description: Who bought what\ncolumns:\n  customer_id: Id of the customer\n  count: How often\n"


def read(folder: Path, text: str | bytes, columns: list[str]) -> Description:
    path = folder / "mart" / "x.yml"
    path.parent.mkdir()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_description(path, columns)


def test_a_description_has_a_text_and_the_columns_in_order_and_in_upper_case(tmp_path: Path):
    found = read(tmp_path, GOOD, ["CUSTOMER_ID", "COUNT"])
    assert found.text == "Who bought what"
    assert list(found.columns.items()) == [("CUSTOMER_ID", "Id of the customer"), ("COUNT", "How often")]


def test_what_has_no_columns_to_describe_has_a_text_alone(tmp_path: Path):
    assert read(tmp_path, "description: Every item", []) == Description("Every item", {})


REFUSED = {
    "another order": (GOOD, ["COUNT", "CUSTOMER_ID"], "describes the columns CUSTOMER_ID, COUNT; to be described, in"),
    "a column too few": (GOOD, ["CUSTOMER_ID"], "in this order, are CUSTOMER_ID"),
    "columns of a dynamic table": (GOOD, [], "in this order, are none"),
    "no columns of a view": (
        "description: x",
        ["A"],
        "describes the columns none; to be described, in this order, are A",
    ),
    "no text": ("columns: {a: b}", ["A"], "description is to be a text of one line"),
    "an empty text": ("description: ''", [], "description is to be a text of one line"),
    "two lines": ("description: |\n  a\n  b", [], "description is to be a text of one line"),
    "a column without text": ("description: x\ncolumns: {a: }", ["A"], "A is to be a text of one line"),
    "a list of columns": ("description: x\ncolumns: [a]", ["A"], "columns is ['a']; it is to be a mapping"),
    "another key": ("description: x\ntests: []", [], "is to have the keys description and, for a view, columns"),
    "no mapping": ("- x", [], "is to have the keys description and"),
    "no YAML": ("description: [", [], "is not YAML: "),
    "no text file": (b"description: \xff", [], "cannot be read: 'utf-8' codec"),
}


@pytest.mark.parametrize(("text", "columns", "message"), REFUSED.values(), ids=REFUSED)
def test_a_description_that_does_not_fit_is_named_in_one_line(
    tmp_path: Path, text: str | bytes, columns: list[str], message: str
):
    with pytest.raises(CatalogError) as error:
        read(tmp_path, text, columns)
    assert str(error.value).startswith("sql/mart/x.yml: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_model_without_a_description_is_named(tmp_path: Path):
    with pytest.raises(
        CatalogError, match=r"sql/mart/x\.yml: cannot be read: No such file .*describes the model beside"
    ):
        read_description(tmp_path / "mart" / "x.yml", [])
