"""A further feed is one declaration and its SQL files; nothing else of the program is touched.

Its names are none that somebody would give a feed, so that this also holds beside the feeds of a project of one's own.
"""

from __future__ import annotations

import json

import pytest
from fakesnow.instance import FakeSnow

from tests.program.recording import Recording, run_program, stack_config
from tests.program.replacement import CREATED, UPDATED, changes
from tests.program.trees import copy_program, edit

DECLARATION = """    Feed("parcels", FileFormat.JSON, (Column("RECORD", VARIANT, "The return"),), "What came back"),
)
\"\"\"Every feed"""
COPY = """
copy into {{ table }} (record, _file, _file_row, _file_modified_at, _loaded_at)
from (
    select $1, metadata$filename, metadata$file_row_number, metadata$file_last_modified,
        metadata$start_scan_time::timestamp_ntz
    from @{{ stage }}/{{ prefix }}
)
file_format = (format_name = '{{ file_format }}')
on_error = skip_file
"""
CSV_DECLARATION = """    Feed(
        "outlets",
        FileFormat.CSV,
        tuple(Column(name, VARCHAR, name) for name in ("STORE_ID", "CITY", "COUNTRY")),
        "Where it is sold",
    ),
)
\"\"\"Every feed"""
CSV_COPY = """
copy into {{ table }} (store_id, city, country, _surplus, _file, _file_row)
from (
    select $1, $2, $3, $4, metadata$filename, metadata$file_row_number from @{{ stage }}/{{ prefix }}
)
file_format = (format_name = '{{ file_format }}')
on_error = skip_file
"""
MODEL = "select record:product_id::varchar as product_id, _file, _file_row from raw.parcels"
VIEW = "select product_id, count(*) as return_count from core.parcel_items group by product_id"


@pytest.fixture(scope="module")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    tree = copy_program(tmp_path_factory.mktemp("program"))
    edit(tree / "infra/feeds.py", ')\n"""Every feed', DECLARATION)
    (tree / "sql/copy/parcels.sql").write_text(COPY)
    (tree / "sql/core/parcel_items.sql").write_text(MODEL)
    (tree / "sql/core/parcel_items.yml").write_text("description: What came back")
    (tree / "sql/mart/parcel_products.sql").write_text(VIEW)
    (tree / "sql/mart/parcel_products.yml").write_text(
        "description: How often each product came back\n"
        "columns: {product_id: Id of the product, return_count: How often it came back}"
    )
    data = tree / "data"
    data.mkdir()
    (data / "parcels-2026-01-01.json").write_text('{"product_id": "P01"}\n')
    return run_program(tree, config=stack_config(tree, dataDir="data"))


def test_it_has_a_raw_table_with_its_columns(parcels: Recording):
    columns = [column["name"] for column in parcels["parcels-raw"].inputs["columns"]]
    assert columns == ["RECORD", "_FILE", "_FILE_ROW", "_FILE_MODIFIED_AT", "_LOADED_AT"]


def test_it_has_a_pipe_that_reads_its_prefix_in_its_format(parcels: Recording):
    copy = parcels["parcels-pipe"].inputs["copyStatement"]
    assert copy.startswith('COPY INTO "RETAIL_DEV"."RAW"."PARCELS" (RECORD, _FILE,')
    assert '@"RETAIL_DEV"."RAW"."LANDING"/parcels/)' in copy
    assert """FORMAT_NAME = '"RETAIL_DEV"."RAW"."JSON"'""" in copy
    assert parcels["parcels-pipe"].options["on_error"] == ["role-propagation"]


def test_its_pipe_is_refreshed_and_exported(parcels: Recording):
    assert parcels["parcels-refresh"].options["replace_with"] == ["parcels-pipe"]
    assert "RETAIL_DEV.RAW.PARCELS" in parcels.stack_outputs["pipes"]


def test_its_files_are_heard_allowed_and_landed(parcels: Recording):
    entry = parcels["landing-notification"].inputs["queues"][-1]
    assert (entry["id"], entry["filterPrefix"]) == ("PARCELS", "parcels/")
    policy = json.loads(parcels["snowflake-role-access"].inputs["policy"])
    assert policy["Statement"][0]["Resource"][-1].endswith("/parcels/*")
    (landed,) = parcels.of_type("aws:s3/bucketObjectv2:BucketObjectv2")
    assert landed.name.startswith("parcels/parcels-2026-01-01-")
    assert "parcels-pipe" in parcels.comes_after(landed.name)


def test_its_models_are_in_the_graph(parcels: Recording):
    assert parcels["core-parcel-items"].property_dependencies["query"] == {"parcels-raw"}
    assert parcels["mart-parcel-products"].property_dependencies["statement"] == {"core-parcel-items"}


def test_the_other_feeds_pipes_and_tables_are_left_alone(parcels: Recording, bare_program: Recording):
    found = changes(run_program(), parcels)
    created = {name for name, change in found.items() if change == CREATED}
    assert created >= {"parcels-raw", "parcels-pipe", "parcels-refresh", "core-parcel-items"}
    assert {name for name, change in found.items() if change == UPDATED} == {
        "landing-notification",
        "snowflake-role-access",
    }
    assert not [name for name in found if name.split("-")[0] in {"customers", "products", "transactions"}]


# ------------------------------------------------------------------------------------------------ a CSV feed


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    tree = copy_program(tmp_path_factory.mktemp("program"))
    edit(tree / "infra/feeds.py", ')\n"""Every feed', CSV_DECLARATION)
    (tree / "sql/copy/outlets.sql").write_text(CSV_COPY)
    return run_program(tree)


def test_a_csv_feed_has_a_column_for_surplus_fields_by_itself(stores: Recording):
    columns = [column["name"] for column in stores["outlets-raw"].inputs["columns"]]
    assert columns[:4] == ["STORE_ID", "CITY", "COUNTRY", "_SURPLUS"]


def test_a_csv_feeds_lines_of_another_number_of_fields_are_issues_by_themselves(stores: Recording):
    """The deployed statements, on an engine that runs them."""
    lines = [("S1", "Rom", "Italy", None), ("S2", "Bonn", None, None), ("S3", None, None, None), (*"abc", "more")]
    with FakeSnow().connect(database="RETAIL_DEV", schema="RAW") as connection:
        execute = connection.cursor().execute
        for schema in ("CORE", "MART"):
            execute(f"create schema {schema}")
        for table in stores.of_type("snowflake:index/table:Table"):
            if table.inputs["schema"] != "RAW":
                continue
            columns = ", ".join(f"{column['name']} {column['type']}" for column in table.inputs["columns"])
            execute(f"create table {table.outputs['fullyQualifiedName']} ({columns})")
        for row, line in enumerate(lines, 1):
            fields = ", ".join("null" if field is None else f"'{field}'" for field in line)
            execute(f"insert into RAW.OUTLETS values ({fields}, 'outlets/outlets.csv', {row}, null, null)")
        for model in stores.resources:
            if (
                model.name in stores.comes_after("mart-data-quality") | {"mart-data-quality"}
                and model.parent == "models"
            ):
                statement = model.inputs.get("query") or model.inputs["statement"]
                execute(f"create view {model.outputs['fullyQualifiedName']} as {statement}")
        found = execute("select _file_row, issue, feed, detail from MART.DATA_QUALITY order by _file_row").fetchall()
    assert found == [
        (2, "column_count", "outlets", "absent: country"),
        (3, "column_count", "outlets", "absent: city, country"),
        (4, "column_count", "outlets", 'surplus: "more"'),
    ]
