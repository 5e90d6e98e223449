"""The statements of sql/: how they are read, what they need, and what is refused before any resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import sqlglot
import yaml
from sqlglot import exp

from infra.errors import CatalogError
from infra.feeds import FEEDS, as_delivered
from infra.sql_catalog import SQL_FOLDER, Model, ModelKind, Relation, SqlCatalog, load_catalog
from infra.sql_files import SqlFile
from landing_keys import CONTENT_PATTERN
from tests.infra.sql_meaning import meaning

COPY = """copy into {{ table }} (record, _file) from (select $1, metadata$filename from @{{ stage }}/{{ prefix }})
file_format = (format_name = '{{ file_format }}') on_error = skip_file"""
FEED = [feed for feed in FEEDS if feed.name == "transactions"]
FILES = {
    "copy/transactions.sql": COPY,
    "core/purchases.sql": "select record:id as id from raw.transactions",
    "mart/customer_purchases.sql": "with p as (select id from core.purchases) select id from p",
}


def write(folder: Path, files: Mapping[str, str | None]) -> Path:
    for path, text in files.items():
        if text is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
    return folder


def describe(folder: Path) -> None:
    """Put beside every model a description as it has to be, as far as a test has not written one."""
    for path in folder.glob("[mco][aop][rps]*/*.sql"):
        if path.parent.name not in {"core", "mart", "ops"} or path.with_suffix(".yml").exists():
            continue
        try:
            text = SqlFile.read(path).render(feeds=FEED, database="RETAIL_DEV")
            selected = sqlglot.parse_one(text, read="snowflake").named_selects  # pyright: ignore[reportAttributeAccessIssue]
        except Exception:
            selected = []
        columns = dict.fromkeys(selected, "A column") if path.parent.name != "core" else {}
        path.with_suffix(".yml").write_text(
            yaml.safe_dump({"description": "A model", "columns": columns}, sort_keys=False)
        )


def load(folder: Path, **changed: str | None) -> SqlCatalog:
    """Load a small SQL folder with these files changed, added or (None) taken away; ``__`` stands for a slash."""
    files = FILES | {f"{name.replace('__', '/')}.sql": text for name, text in changed.items()}
    write(folder, files)
    describe(folder)
    return load_catalog(FEED, "RETAIL_DEV", folder)


def named(catalog: SqlCatalog, relation: str) -> Model:
    (model,) = [model for model in catalog.models if str(model.relation) == relation]
    return model


@pytest.fixture(scope="module")
def real() -> SqlCatalog:
    return load_catalog(FEEDS, "RETAIL_DEV")


# ------------------------------------------------------------------------------------------------ the real files


def test_core_is_dynamic_tables_mart_and_ops_are_views(real: SqlCatalog):
    kinds = {
        model.relation.schema: {m.kind for m in real.models if m.relation.schema == model.relation.schema}
        for model in real.models
    }
    assert kinds == {"CORE": {ModelKind.DYNAMIC_TABLE}, "MART": {ModelKind.VIEW}, "OPS": {ModelKind.VIEW}}


def test_every_model_stands_behind_those_that_it_reads(real: SqlCatalog):
    seen = {Relation("RAW", feed.table) for feed in FEEDS} | {Relation("OPS", "LOAD_HISTORY")}
    for model in real.models:
        assert set(model.upstream) <= seen, model.relation
        seen.add(model.relation)


def test_every_real_model_means_what_its_file_means(real: SqlCatalog):
    for model in real.models:
        path = SQL_FOLDER / model.relation.schema.lower() / f"{model.relation.name.lower()}.sql"
        written = SqlFile.read(path).render(**VARIABLES)
        deployed = model.statement({relation: str(relation) for relation in model.upstream})
        assert meaning(deployed) == meaning(written), model.relation
        assert "\n" not in deployed


VARIABLES = {
    "feeds": FEEDS,
    "parquet_feeds": [],
    "database": "RETAIL_DEV",
    "expected_every": {},
    "warehouses": ("RETAIL_DEV", "RETAIL_DEV_READERS"),
}
ALSO_PARQUET = [feed.name for feed in FEEDS if "is_parquet" in (SQL_FOLDER / f"copy/{feed.name}.sql").read_text()]


@pytest.mark.parametrize("parquet", [(), ALSO_PARQUET], ids=["as declared", "as Parquet"])
def test_every_real_copy_means_what_its_file_means_and_fills_every_declared_column(parquet: Sequence[str]):
    real = load_catalog(as_delivered(FEEDS, parquet), "RETAIL_DEV")
    nominal = {"table": '"D"."RAW"."T"', "stage": '"D"."RAW"."LANDING"', "file_format": '"D"."RAW"."F"'}
    for feed in FEEDS:
        copy = real.copies[feed.name]
        deployed = copy.statement(**nominal)
        assert meaning(deployed) == meaning(copy.rendered(**nominal))
        target = sqlglot.parse_one(deployed, read="snowflake").this
        assert [column.name for column in target.expressions] == [column.name for column in feed.columns]


def test_every_relation_that_a_real_model_reads_is_filled_in_by_name(real: SqlCatalog):
    for model in real.models:
        names = {relation: f'"X"."{relation.schema}"."{relation.name}"' for relation in model.upstream}
        tree = sqlglot.parse_one(model.statement(names), read="snowflake")
        read = {(t.catalog, t.db, t.name) for t in tree.find_all(exp.Table) if t.args.get("db")}
        assert read == {("X", relation.schema, relation.name) for relation in model.upstream}, model.relation


@pytest.mark.parametrize(
    ("function", "argument", "readers"),
    [
        (exp.RegexpReplace, "_FILE", {"CUSTOMER_VERSIONS", "PRODUCT_VERSIONS", "LOAD_FAILURES", "CHANGED_FILES"}),
        (exp.RegexpExtract, "LOGICAL_PATH", {"CUSTOMER_VERSIONS", "PRODUCT_VERSIONS"}),
    ],
    ids=["the logical path of a key", "the date of a logical path"],
)
def test_real_models_read_a_key_in_one_way(
    real: SqlCatalog, function: type[exp.Func], argument: str, readers: set[str]
):
    calls: dict[str, str] = {}
    for model in real.models:
        tree = sqlglot.parse_one(model.statement({relation: str(relation) for relation in model.upstream}), "snowflake")
        for call in tree.find_all(function):
            if call.this.name == argument:
                calls[model.relation.name] = call.sql("snowflake")
    assert calls.keys() >= readers
    assert len(set(calls.values())) == 1, calls


# --------------------------------------------------------------------------------------------------- references


def test_what_a_model_reads_is_replaced_by_the_name_of_its_resource(tmp_path: Path):
    model = named(load(tmp_path), "MART.CUSTOMER_PURCHASES")
    assert model.upstream == (Relation("CORE", "PURCHASES"),)
    assert model.statement({Relation("CORE", "PURCHASES"): '"D"."CORE"."PURCHASES"'}) == (
        'WITH P AS (SELECT ID FROM "D"."CORE"."PURCHASES") SELECT ID FROM P'
    )


def test_a_column_that_looks_like_a_relation_stays_a_column(tmp_path: Path):
    sql = "select core.purchases from core.purchases as core"
    model = named(load(tmp_path, ops__x=sql), "OPS.X")
    assert model.statement({Relation("CORE", "PURCHASES"): '"D"'}) == 'SELECT CORE.PURCHASES FROM "D" AS CORE'


def test_a_relation_named_in_a_string_is_needed_but_not_rewritten(tmp_path: Path):
    history = "{{ database }}.information_schema.copy_history(table_name => '{{ database }}.RAW.Transactions')"
    sql = f"select 1 from table({history})"
    model = named(load(tmp_path, ops__x=sql), "OPS.X")
    assert model.upstream == ()
    assert model.mentions == (Relation("RAW", "TRANSACTIONS"),)
    assert "'RETAIL_DEV.RAW.Transactions'" in model.statement({})


def test_a_template_goes_over_the_feeds(tmp_path: Path):
    sql = "{% for feed in feeds %}select '{{ feed.name }}' as f from raw.{{ feed.table }}{% endfor %}"
    assert named(load(tmp_path, ops__x=sql), "OPS.X").upstream == (Relation("RAW", "TRANSACTIONS"),)


def test_a_template_imports_what_several_say_from_the_macros(tmp_path: Path):
    macro = "{% macro half(x) %}{{ x }} / 2{% endmacro %}"
    sql = "{% from 'half.sql' import half %}select {{ half('id') }} as h from core.purchases"
    model = named(load(tmp_path, macros__half=macro, ops__x=sql), "OPS.X")
    assert model.statement({Relation("CORE", "PURCHASES"): '"D"'}) == 'SELECT ID / 2 AS H FROM "D"'


def test_the_logical_path_of_a_key_in_sql_is_the_one_of_the_landing_keys(tmp_path: Path):
    """One pattern, read by Python's expressions and by the database's."""
    macro = (SQL_FOLDER / "macros/logical_path.sql").read_text()
    sql = "{% from 'logical_path.sql' import logical_path %}select {{ logical_path('id') }} as p from core.purchases"
    statement = named(load(tmp_path, macros__logical_path=macro, ops__x=sql), "OPS.X").statement(
        {Relation("CORE", "PURCHASES"): '"D"'}
    )
    assert statement == f"SELECT REGEXP_REPLACE(ID, '{CONTENT_PATTERN}', '\\\\1') AS P FROM \"D\""


def test_a_dynamic_table_that_only_views_read_is_a_leaf(tmp_path: Path):
    catalog = load(tmp_path, core__items="select id from core.purchases", ops__x="select id from core.items")
    leaves = {
        str(model.relation)
        for model in catalog.models
        if model.kind is ModelKind.DYNAMIC_TABLE and catalog.is_leaf(model)
    }
    assert leaves == {"CORE.ITEMS"}


# --------------------------------------------------------------------------------------------------------- hash

SAME = {
    "whitespace": "select   record:id\n as id from raw.transactions",
    "a comment": "select record:id as id -- the id\nfrom raw.transactions",
    "a template's comment": "{# the id #}select record:id as id from raw.transactions",
    "case": "SELECT Record:id AS Id FROM Raw.Transactions;",
}
DIFFERENT = {
    "a key's case": "select record:ID as id from raw.transactions",
    "another name": "select record:id as ident from raw.transactions",
    "a string's case": "select record:id as id from raw.transactions where 'a' = 'A'",
    "another string": "select record:id as id from raw.transactions where 'A' = 'A'",
}


@pytest.mark.parametrize("sql", SAME.values(), ids=SAME)
def test_the_hash_does_not_see_how_a_file_is_written(tmp_path: Path, sql: str):
    before = named(load(tmp_path), "CORE.PURCHASES").content_hash
    assert named(load(tmp_path, core__purchases=sql), "CORE.PURCHASES").content_hash == before


def test_the_hash_sees_every_difference_of_meaning(tmp_path: Path):
    hashes = [named(load(tmp_path, core__purchases=sql), "CORE.PURCHASES").content_hash for sql in DIFFERENT.values()]
    assert len({*hashes, named(load(tmp_path), "CORE.PURCHASES").content_hash}) == len(DIFFERENT) + 1


# ------------------------------------------------------------------------------------------------------- refusals

REFUSED = {
    "broken SQL": ({"core__purchases": "select (a from raw.transactions"}, "sql/core/purchases.sql: Expecting )"),
    "an open string": ({"core__purchases": "select 'a"}, "sql/core/purchases.sql: Error tokenizing"),
    "two statements": ({"core__purchases": "select 1; select 2"}, "sql/core/purchases.sql: holds 2 statements"),
    "no statement": ({"core__purchases": "-- nothing"}, "sql/core/purchases.sql: holds 0 statements"),
    "no SELECT": ({"core__purchases": "drop table x"}, "sql/core/purchases.sql: holds 1 statements, or not a SELECT"),
    "an unknown relation": (
        {"mart__customer_purchases": "select 1 from core.purchase"},
        "sql/mart/customer_purchases.sql: reads CORE.PURCHASE, which does not exist; there is CORE.PURCHASES",
    ),
    "an unknown relation in a string": (
        {"ops__x": "select '{{ database }}.RAW.RETURNS'"},
        "sql/ops/x.sql: reads RAW.RETURNS, which does not exist",
    ),
    "a table of one part": (
        {"ops__x": "select 1 from purchases"},
        "sql/ops/x.sql: reads purchases; write <schema>.<table>, in two parts",
    ),
    "a table of three parts": ({"ops__x": "select 1 from d.core.purchases"}, "sql/ops/x.sql: reads d.core.purchases"),
    "a stage": ({"ops__x": "select $1 from @raw.landing"}, "sql/ops/x.sql: reads @raw.landing; write <schema>.<table>"),
    "a function without TABLE": ({"ops__x": "select 1 from raw.history('x')"}, "sql/ops/x.sql: reads raw.HISTORY('x')"),
    "an unknown variable": (
        {"ops__x": "select '{{ warehouse }}'"},
        "sql/ops/x.sql: 'warehouse' is undefined; the variables are database, expected_every, feeds",
    ),
    "a broken template": ({"ops__x": "select 1\n{% for %}"}, "sql/ops/x.sql:2: "),
    "a macro that is not there": (
        {"ops__x": "{% from 'half.sql' import half %}select 1"},
        "sql/ops/x.sql: imports half.sql, which is not in sql/macros/",
    ),
    "a broken macro": (
        {"macros__half": "\n{% macro %}", "ops__x": "{% from 'half.sql' import half %}select 1"},
        "sql/macros/half.sql:2: expected token",
    ),
    "a circle": (
        {"core__purchases": "select * from core.items", "core__items": "select * from core.purchases"},
        ": reads itself, CORE.",
    ),
    "no copy statement": ({"copy__transactions": None}, "sql/copy/transactions.sql: cannot be read: No such file"),
    "a broken copy": ({"copy__transactions": "copy into {{ table }} 'a"}, "sql/copy/transactions.sql: "),
    "a copy that is none": (
        {"copy__transactions": "select 1"},
        "sql/copy/transactions.sql: holds 1 statements, or not a COPY",
    ),
    "a copy of an unknown variable": (
        {"copy__transactions": "copy into {{ tabel }}"},
        "sql/copy/transactions.sql: 'tabel' is undefined; the variables are file_format, is_parquet, prefix, stage,",
    ),
    "a copy into an unknown column": (
        {"copy__transactions": COPY.replace("_file)", "file_name)")},
        "sql/copy/transactions.sql: copies into a table with no column FILE_NAME; TRANSACTIONS has RECORD, _FILE",
    ),
    "a copy into unnamed columns": (
        {"copy__transactions": COPY.replace("(record, _file)", "")},
        "sql/copy/transactions.sql: copies into a table with its columns unnamed",
    ),
    "a copy without a feed": ({"copy__returns": COPY}, "sql/copy/returns.sql: would not be deployed; what is deployed"),
    "a file in no schema's folder": ({"marts__x": "select 1"}, "sql/marts/x.sql: would not be deployed"),
    "no requested view": ({"mart__customer_purchases": None}, "sql/mart/customer_purchases.sql: no such file"),
}


@pytest.mark.parametrize(("changed", "message"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_deployed_is_named_in_one_line(
    tmp_path: Path, changed: dict[str, str | None], message: str
):
    with pytest.raises(CatalogError) as error:
        load(tmp_path, **changed)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_copy_that_reads_no_parquet_is_refused_where_its_feed_comes_as_such(tmp_path: Path):
    load(tmp_path)
    with pytest.raises(CatalogError, match=r"sql/copy/transactions\.sql: reads no Parquet, and parquetFeeds names"):
        load_catalog(as_delivered(FEED, ["transactions"]), "RETAIL_DEV", tmp_path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path):
    write(tmp_path, FILES)
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops/x.sql").write_bytes(b"select '\xff'")
    describe(tmp_path)
    with pytest.raises(CatalogError, match=r"sql/ops/x\.sql: cannot be read: 'utf-8' codec"):
        load_catalog(FEED, "RETAIL_DEV", tmp_path)
