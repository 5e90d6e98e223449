"""SQLAlchemy with Snowflake's dialect: it finds and reads what the program has made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.clients.asking import arguments

sqlalchemy = pytest.importorskip("sqlalchemy")
dialect = pytest.importorskip("snowflake.sqlalchemy")


@pytest.fixture
def engine(cloud: Mapping[str, str]) -> Iterator[Any]:
    reached = arguments(cloud)
    protocol = reached.pop("protocol")
    made = sqlalchemy.create_engine(dialect.URL(**reached, schema="MART"), connect_args={"protocol": protocol})
    yield made
    made.dispose()


def test_the_schemas_and_their_relations_are_found(engine: Any) -> None:
    found = sqlalchemy.inspect(engine)

    assert {"raw", "core", "mart", "ops"} <= set(found.get_schema_names())
    assert {"customer_purchases", "data_quality", "weekly_customer_purchases"} <= set(found.get_view_names("mart"))
    assert found.get_table_names("raw") == ["customers", "products", "transactions"]


def test_the_mart_schema_is_reflected_with_its_columns_and_types(engine: Any) -> None:
    metadata = sqlalchemy.MetaData()
    metadata.reflect(engine, schema="mart", views=True)

    view = metadata.tables["mart.customer_purchases"]

    assert [(column.name, str(column.type)) for column in view.columns] == [
        ("customer_id", "VARCHAR(16777216)"),
        ("loyalty_score", "DECIMAL(38, 0)"),
        ("product_id", "VARCHAR(16777216)"),
        ("product_category", "VARCHAR(16777216)"),
        ("purchase_count", "DECIMAL(38, 0)"),
    ]


def test_a_reflected_view_is_queried(engine: Any) -> None:
    view = sqlalchemy.Table("customer_purchases", sqlalchemy.MetaData(), schema="mart", autoload_with=engine)
    best = (
        sqlalchemy.select(view.c.customer_id, sqlalchemy.func.sum(view.c.purchase_count).label("items"))
        .where(view.c.purchase_count > sqlalchemy.bindparam("least"))
        .group_by(view.c.customer_id)
    )

    with engine.connect() as connection:
        rows = connection.execute(best, {"least": 0}).fetchall()
        (items,) = connection.execute(sqlalchemy.text("select count(*) from CORE.PURCHASES")).one()

    assert sum(row.items for row in rows) == items > 0


def test_a_table_is_made_filled_and_dropped(engine: Any) -> None:
    table = sqlalchemy.Table(
        "notes",
        sqlalchemy.MetaData(),
        sqlalchemy.Column("id", sqlalchemy.Integer),
        sqlalchemy.Column("text", sqlalchemy.String),
    )
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"id": 1, "text": "it's"}, {"id": 2, "text": "ü"}])
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.select(table).order_by(table.c.id)).fetchall()
    table.drop(engine)

    assert [tuple(row) for row in rows] == [(1, "it's"), (2, "ü")]
    assert not sqlalchemy.inspect(engine).has_table("notes")
