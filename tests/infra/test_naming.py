"""Physical names."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from infra.naming import FIRST_PROJECT, Names, dotted, landing_url, qualified

DEV = Names("retail-snowpipe", "dev")


def test_the_accounts_objects_carry_the_stack_in_their_name():
    assert {DEV.database, DEV.warehouse, DEV.integration, DEV.resource_monitor} == {"RETAIL_DEV"}


def test_a_hyphen_of_the_stack_becomes_an_underscore_so_that_names_need_no_quotes():
    assert Names("retail-snowpipe", "team-a").database == "RETAIL_TEAM_A"


def test_the_bucket_is_unique_by_the_account():
    assert DEV.bucket("123456789012") == "retail-snowpipe-dev-123456789012"


def test_the_longest_stack_name_still_makes_a_bucket_and_a_role():
    longest = Names("retail-snowpipe", "a" * 34)
    assert len(longest.bucket("123456789012")) == 63
    assert len(longest.role) <= 64


def test_another_projects_names_follow_from_its_name_or_from_the_one_in_config():
    assert (Names("sales", "dev").database, Names("sales", "dev").role) == ("SALES__DEV", "sales--dev")
    assert Names("retail-snowpipe", "dev", system="sales") == Names("retail-snowpipe", "dev", None, "sales")
    assert Names("retail-snowpipe", "dev", system="sales").bucket("1") == "sales--dev-1"


SYSTEM = st.from_regex(r"[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3}){0,2}", fullmatch=True).filter(lambda s: s != FIRST_PROJECT)
STACK = st.from_regex(r"[a-z][a-z0-9-]{0,6}", fullmatch=True)


@given(*[st.tuples(SYSTEM, STACK)] * 2)
@example(("a-b", "c"), ("a", "b-c"))
@example(("a", "b--c"), ("a", "b"))
def test_no_two_stacks_share_a_name(one: tuple[str, str], other: tuple[str, str]):
    first, second = Names(*one), Names(*other)
    same = one == other
    assert (first.database == second.database, first.role == second.role) == (same, same)
    assert (first.bucket("1") == second.bucket("1")) == same


def test_a_qualified_name_is_quoted_part_by_part_and_read_without_quotes():
    assert qualified("RETAIL_DEV", "RAW", "CUSTOMERS") == '"RETAIL_DEV"."RAW"."CUSTOMERS"'
    assert dotted('"RETAIL_DEV"."RAW"."CUSTOMERS"') == "RETAIL_DEV.RAW.CUSTOMERS"


def test_the_landing_url_ends_with_the_slash_that_snowflake_compares():
    assert landing_url("b") == "s3://b/"
