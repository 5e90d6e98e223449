"""TO_CHAR of a number with a format: 9,999.00, 000, FM999.

https://docs.snowflake.com/en/sql-reference/sql-format-models#fixed-position-numeric-formats
"""

from __future__ import annotations

import re

from sqlglot import exp

from local_cloud.snowflake_account.errors import UnsupportedError

_FORMAT = re.compile(r"(?P<fill>FM)?(?P<whole>[90,]+)(?:\.(?P<places>[90]*))?", re.IGNORECASE)
_LIKE_NUMBERS = re.compile(r"[90,.FMGDSXBME$TV+-]+", re.IGNORECASE)


def formatted_number(value: exp.Expr, form: str) -> exp.Expr | None:
    """Return a number as text, None where the format is one of dates.

    A digit of the format that is 9 stands for nothing before the first digit; the sign has a place of its own, but
    with FM; a number that is too large is all #.

    Raises:
        UnsupportedError: a format of numbers with other signs than 9, 0, comma, point and FM.
    """
    if not any(digit in form for digit in "90") or not _LIKE_NUMBERS.fullmatch(form):
        return None
    found = _FORMAT.fullmatch(form)
    if found is None:
        raise UnsupportedError(f"the format '{form}'")
    whole, places = found["whole"], found["places"] or ""
    digits = whole.replace(",", "")
    zeros = len(digits) - digits.index("0") if "0" in digits else 0
    if "," in whole and zeros > 1:
        raise UnsupportedError(f"the format '{form}'")
    grouping = "," if "," in whole else ""
    number = f"abs(round(x, {len(places)}))"
    text = f"format('{{:{grouping}.{len(places)}f}}', cast({number} as double))"
    if zeros > 1:
        text = f"lpad({text}, {zeros + (len(places) + 1 if places else 0)}, '0')" if zeros else text
    if not zeros and places:
        text = f"case when {number} < 1 then substr({text}, 2) else {text} end"
    width = len(whole) + (len(places) + 1 if places else 0) + 1
    signed = f"case when round(x, {len(places)}) < 0 then '-' else '{'' if found['fill'] else ' '}' end || {text}"
    shown = signed if found["fill"] else f"lpad({signed}, {width}, ' ')"
    sql = f"case when {number} >= 1e{len(digits)} then repeat('#', {width}) else {shown} end"
    made = exp.Paren(this=exp.maybe_parse(sql, dialect="duckdb"))
    for column in list(made.find_all(exp.Column)):
        column.replace(exp.Paren(this=value.copy()))
    return made
