"""The messages of statements that are no SQL, in the form of Snowflake's."""

from __future__ import annotations

import pytest

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.parsing import parse_statement
from local_cloud.snowflake_account.language.statement_text import one_statement


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select from where", "syntax error line 1 at position 12 unexpected 'where'."),
        ("select 1 from t where a = = 2", "syntax error line 1 at position 26 unexpected '='."),
        ("select a\nfrom t\nwhere (x", "syntax error line 3 at position 8 unexpected '<EOF>'."),
        ("select 1 +", "syntax error line 1 at position 10 unexpected '<EOF>'."),
        ("copy into", "syntax error line 1 at position 9 unexpected '<EOF>'."),
        ("copy into @s from (select 1", "syntax error line 1 at position 27 unexpected '<EOF>'."),
        ("select 'a", "parse error line 1 at position 9 near '<EOF>'."),
        ("select 1\n/* a", "parse error line 2 at position 4 near '<EOF>'."),
    ],
)
def test_a_syntax_error_says_where_and_what_was_not_expected(sql: str, said: str) -> None:
    with pytest.raises(SnowflakeError) as refused:
        parse_statement(one_statement(sql))
    assert (refused.value.message, refused.value.code) == (f"SQL compilation error:\n{said}", 1003)
