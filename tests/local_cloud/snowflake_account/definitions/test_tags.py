"""Tags on what the words of SET TAG and SYSTEM$GET_TAG mean: TABLE is every relation, INTEGRATION every sort of it.

https://docs.snowflake.com/en/sql-reference/functions/system_get_tag
"""

from __future__ import annotations

import pytest

from local_cloud.snowflake_account.errors import DoesNotExistError
from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing

TAG = f"{SCHEMA}.TEAM"


@pytest.fixture
def tagging(landing: Landing) -> Landing:
    """A landing with a tag, a table, a view and a notification integration."""
    landing.execute(f"create tag {TAG}")
    landing.execute(f"create table {SCHEMA}.T (A varchar)")
    landing.execute(f"create view {SCHEMA}.V as select A from {SCHEMA}.T")
    landing.execute(
        "create notification integration NI enabled = true direction = outbound type = queue notification_provider ="
        " aws_sns aws_sns_topic_arn = 'arn:aws:sns:eu-west-1:123456789012:t' aws_sns_role_arn = 'arn:aws:iam::1:role/r'"
    )
    return landing


OBJECTS = [
    ("table", f"{SCHEMA}.T"),
    ("table", f"{SCHEMA}.V"),
    ("integration", "SI"),
    ("integration", "NI"),
    ("database", "RETAIL_TEST"),
]


@pytest.mark.parametrize(("word", "name"), OBJECTS)
def test_a_tag_is_set_read_and_taken_away(tagging: Landing, word: str, name: str) -> None:
    asked = f"select system$get_tag('{TAG}', '{name}', '{word}')"
    assert tagging.value(asked) is None
    tagging.execute(f"alter {word} {name} set tag {TAG} = 'lake'")
    assert tagging.value(asked) == "lake"
    others = [f"select system$get_tag('{TAG}', '{other}', '{kind}')" for kind, other in OBJECTS if other != name]
    assert {tagging.value(other) for other in others} == {None}
    tagging.execute(f"alter {word} {name} unset tag {TAG}")
    assert tagging.value(asked) is None


@pytest.mark.parametrize(("word", "name"), [("table", f"{SCHEMA}.GONE"), ("integration", "GONE")])
def test_of_what_is_gone_a_tag_is_taken_away_only_if_it_exists(tagging: Landing, word: str, name: str) -> None:
    tagging.execute(f"alter {word} if exists {name} unset tag {TAG}")
    with pytest.raises(DoesNotExistError, match="GONE"):
        tagging.execute(f"alter {word} {name} unset tag {TAG}")
