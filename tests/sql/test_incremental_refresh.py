"""The dynamic tables refresh incrementally, and no delivered value stops them.

Snowflake's rules: https://docs.snowflake.com/en/user-guide/dynamic-tables-supported-queries
DuckDB would run what these tests refuse; Snowflake would refuse it, or fail on one bad row.
"""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from infra.feeds import FEEDS
from infra.sql_catalog import Model, ModelKind, load_catalog
from tests.sql.conftest import DATABASE

MODELS = load_catalog(FEEDS, DATABASE).models
DYNAMIC_TABLES = [model for model in MODELS if model.kind is ModelKind.DYNAMIC_TABLE]
CASTS_THAT_CANNOT_FAIL = {"VARCHAR", "DECIMAL(38, 0)"}
NOT_DETERMINISTIC = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentUser, exp.Rand, exp.Uuid, exp.AnyValue)
each_dynamic_table = pytest.mark.parametrize("model", DYNAMIC_TABLES, ids=lambda model: str(model.relation))
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.relation))

OF_TRANSACTIONS = [model for model in DYNAMIC_TABLES if not model.relation.name.endswith("_VERSIONS")]
each_of_transactions = pytest.mark.parametrize("model", OF_TRANSACTIONS, ids=lambda model: str(model.relation))


def tree(model: Model) -> exp.Expr:
    return sqlglot.parse_one(model.statement({read: str(read) for read in model.upstream}), read="snowflake")


def windows_of(select: exp.Select) -> list[exp.Window]:
    return [window for window in select.find_all(exp.Window) if window.find_ancestor(exp.Select) is select]


@each_dynamic_table
def test_every_window_has_a_partition(model: Model):
    assert all(window.args.get("partition_by") for window in tree(model).find_all(exp.Window))


@each_dynamic_table
def test_a_select_partitions_in_one_way_only(model: Model):
    for select in tree(model).find_all(exp.Select):
        partitions = {tuple(column.sql() for column in window.args["partition_by"]) for window in windows_of(select)}
        assert len(partitions) <= 1


def within_a_file(query: exp.Expr) -> bool:
    """Tell whether a refresh works out again no more than the files that came, whatever windows a query has."""
    windows = list(query.find_all(exp.Window))
    return bool(windows) and all(window.args["partition_by"][0].name == "_FILE" for window in windows)


@each_of_transactions
def test_what_grows_with_the_transactions_has_one_operation_that_is_not_row_by_row_unless_all_are_within_a_file(
    model: Model,
):
    """Best practice, https://docs.snowflake.com/en/user-guide/dynamic-tables-performance-guide."""
    query = tree(model)
    joins = [join for join in query.find_all(exp.Join) if not isinstance(join.this, exp.Lateral)]
    others = [*joins, *query.find_all(exp.Group, exp.Distinct)]
    windows = list(query.find_all(exp.Window))
    assert len(windows) + len(others) <= 1 or (within_a_file(query) and not others)


@each_of_transactions
def test_the_keys_of_a_window_or_group_are_columns_of_the_table(model: Model):
    query = tree(model).find(exp.Select)
    assert query
    keys = [key for window in query.find_all(exp.Window) for key in window.args["partition_by"]]
    keys += [key for group in query.find_all(exp.Group) for key in group.expressions]
    assert {key.name for key in keys} <= {column.alias_or_name for column in query.expressions}


@each_of_transactions
def test_only_the_last_select_qualifies_unless_within_a_file_and_only_the_first_row(model: Model):
    query = tree(model)
    for qualify in query.find_all(exp.Qualify):
        assert qualify.parent is query or within_a_file(query)
        assert isinstance(qualify.this, exp.EQ)
        assert qualify.this.expression.sql() == "1"


@each_of_transactions
def test_a_record_is_a_key_only_behind_its_hash(model: Model):
    for window in tree(model).find_all(exp.Window):
        keys = [key.name for key in window.args["partition_by"]]
        if "RECORD" in keys:
            assert keys.index("RECORD_HASH") < keys.index("RECORD")


@each_dynamic_table
def test_no_window_stands_beside_a_join_a_flatten_or_a_group(model: Model):
    for select in tree(model).find_all(exp.Select):
        if windows_of(select):
            assert not any(select.args.get(clause) for clause in ("joins", "laterals", "group"))


@each_dynamic_table
def test_every_row_number_has_an_order(model: Model):
    for window in tree(model).find_all(exp.Window):
        assert window.args.get("order")


@each_dynamic_table
def test_there_is_no_subquery_set_operation_or_limit(model: Model):
    refused = (exp.Subquery, exp.Exists, exp.SetOperation, exp.Limit, exp.Pivot, exp.Order)
    found = [node for node in tree(model).find_all(*refused) if not isinstance(node.parent, exp.Window)]
    assert found == []


@each_dynamic_table
def test_nothing_depends_on_when_or_by_whom_it_is_run(model: Model):
    assert list(tree(model).find_all(*NOT_DETERMINISTIC)) == []


@each_dynamic_table
def test_no_cast_can_fail_on_a_delivered_value(model: Model):
    """One row that a cast refuses stops a dynamic table; after five failed refreshes it is suspended."""
    casts = [node for node in tree(model).find_all(exp.Cast) if not isinstance(node, exp.TryCast)]
    assert {cast.to.sql("snowflake") for cast in casts} <= CASTS_THAT_CANNOT_FAIL
    for cast in casts:
        if cast.to.sql("snowflake") != "VARCHAR":
            assert cast.this.name in {"basket_position", "BASKET_POSITION"}


@each_dynamic_table
def test_timestamps_are_read_by_a_format_of_their_own(model: Model):
    """Without one they follow TIMESTAMP_INPUT_FORMAT, a parameter of whoever owns the refresh."""
    sql = model.statement({read: str(read) for read in model.upstream})
    assert "TRY_CAST" not in sql
    assert sql.count("TRY_TO_TIMESTAMP_NTZ(") == sql.count("'YYYY-MM-DD")


@each_model
def test_no_week_follows_the_sessions_week_start(model: Model):
    sql = model.statement({read: str(read) for read in model.upstream})
    assert "DATE_TRUNC" not in sql
    assert "DAYOFWEEK(" not in sql


@each_model
def test_columns_are_listed(model: Model):
    assert not [star for star in tree(model).find_all(exp.Star) if not isinstance(star.parent, exp.Count)]
