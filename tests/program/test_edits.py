"""For each kind of edit to sql/ or config: what is replaced, updated or left alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from infra import feeds as infra_feeds
from infra.sql_catalog import ModelKind, load_catalog
from tests.program.recording import Recording, run_program, stack_config
from tests.program.replacement import CREATED, DELETED, REPLACED, UPDATED, changes
from tests.program.trees import copy_program, edit

NOTHING: dict[str, str] = {}
CATALOG = load_catalog(infra_feeds.FEEDS, "RETAIL_DEV")
COPY, PURCHASES, TRANSACTIONS = "sql/copy/customers.sql", "sql/core/purchases.sql", "sql/core/transactions.sql"
VIEW = "sql/mart/customer_purchases.sql"
FEEDS = tuple(feed.name for feed in infra_feeds.FEEDS)
FEEDS_OF_1_0 = ("customers", "products", "transactions")
PURCHASES_AND_COUNTS = {"core-purchases": REPLACED, "core-purchase-counts": REPLACED}
ALL_PIPES = {f"{feed}-{kind}": REPLACED for feed in FEEDS for kind in ("pipe", "refresh")}


@pytest.fixture(scope="session")
def before() -> Recording:
    return run_program()


@dataclass(frozen=True)
class Edit:
    """An edit of one file, and what becomes of which resource."""

    file: str
    change: Callable[[str], str]
    expected: dict[str, str]


def with_grants(expected: Mapping[str, str]) -> dict[str, str]:
    """Add the grant on each object that is replaced: it goes and comes with it, and the future grant stays."""
    replaced = [name for name, change in expected.items() if change == REPLACED]
    roles = {"core-": "operator", "ops-": "operator", "mart-": "reader"}
    grants = [f"{role}-{name}" for name in replaced for layer, role in roles.items() if name.startswith(layer)]
    grants += [f"operator-{name}" for name in replaced if name.endswith("-pipe")]
    return {**expected, **dict.fromkeys(grants, REPLACED)}


def replacing(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text, f"{old!r} is not there"
        return text.replace(old, new)

    return change


def in_capitals(text: str) -> str:
    """Everything in capitals that Snowflake reads without regard to case; the templates' own tags are none of it."""
    words = (
        "select",
        "from",
        "as ",
        "copy into",
        "on_error",
        "file_format =",
        "metadata$",
        "customer_id,",
        "nullif",
        "count",
    )
    lines = text.splitlines(keepends=True)
    for word in words:
        lines = [line if "{%" in line else line.replace(word, word.upper()) for line in lines]
    return "".join(lines)


def on_one_line(text: str) -> str:
    return " ".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))


def with_comments(text: str) -> str:
    return "/* before */\n" + text.replace("\n", " -- why\n") + "\n-- after\n"


SQL_EDITS = {
    **{
        f"{how} of {file}": Edit(file, change, NOTHING)
        for file in (COPY, PURCHASES, TRANSACTIONS, VIEW, "sql/ops/load_failures.sql")
        for how, change in {
            "line ends": lambda text: text.replace("\n", "\r\n"),
            "indentation": lambda text: text.replace("\n", "\n\n\t  "),
            "comments": with_comments,
            "a semicolon": lambda text: text.rstrip() + ";\n",
            "one line": on_one_line,
            "capitals": in_capitals,
        }.items()
    },
    "another rule for bad files": Edit(
        COPY, replacing("skip_file", "continue"), {"customers-pipe": REPLACED, "customers-refresh": REPLACED}
    ),
    "a dynamic table that a view reads": Edit(
        PURCHASES, replacing("item.index + 1", "item.index + 2"), PURCHASES_AND_COUNTS
    ),
    "a dynamic table that another reads": Edit(
        TRANSACTIONS, replacing("'#'", "'%'"), {"core-transactions": REPLACED, **PURCHASES_AND_COUNTS}
    ),
    "the case of a string in a dynamic table": Edit(PURCHASES, replacing("[eE]", "[Ee]"), PURCHASES_AND_COUNTS),
    "the case of a key in a dynamic table": Edit(
        PURCHASES, replacing("value:price", "value:Price"), PURCHASES_AND_COUNTS
    ),
    "a view": Edit(VIEW, replacing("is_current", "not is_current"), {"mart-customer-purchases": REPLACED}),
    "the case of a string in a view": Edit(
        "sql/ops/variant_equality.sql", replacing('"X"', '"x"'), {"ops-variant-equality": REPLACED}
    ),
    "a column at the end of a feed": Edit(
        "infra/feeds.py",
        replacing(
            '"Lines of the customers files, every field as text; append-only",',
            '"Lines", (Column("EMAIL", VARCHAR, "Where to write to"),),',
        ),
        # the view that finds lines of another number of fields knows each feed's columns
        {"customers-raw": UPDATED, "mart-data-quality": REPLACED},
    ),
    "a model's description": Edit(
        "sql/core/purchases.yml", replacing("one row per item", "a row each"), {"core-purchases": UPDATED}
    ),
    "a column's description": Edit(
        "sql/mart/customer_purchases.yml", replacing("Number of", "How many"), {"mart-customer-purchases": UPDATED}
    ),
    "a macro that two models import": Edit(
        "sql/macros/type_2_versions.sql",
        replacing("<> '0000'", "<> '0001'"),
        {"core-customer-versions": REPLACED, "core-product-versions": REPLACED},
    ),
    "the size of the file format's header": Edit(
        "infra/ingestion.py", replacing("skip_header=1", "skip_header=2"), {"csv-format": UPDATED}
    ),
    # a stack of the version before, the other way round
    "what a blank line is": Edit(
        "infra/ingestion.py", replacing('skip_blank_lines="true",', ""), {"csv-format": UPDATED}
    ),
}


@pytest.mark.parametrize("edited", SQL_EDITS.values(), ids=SQL_EDITS)
def test_an_edit_of_a_file_changes_these_resources_and_no_others(edited: Edit, before: Recording, tmp_path: Path):
    tree = copy_program(tmp_path)
    file = tree / edited.file
    file.write_text(edited.change(file.read_text()), newline="")
    assert changes(before, run_program(tree)) == with_grants(edited.expected)


LEAVES = [
    f"core-{model.relation.name.lower().replace('_', '-')}"
    for model in CATALOG.models
    if model.kind is ModelKind.DYNAMIC_TABLE and CATALOG.is_leaf(model)
]
CONFIG_EDITS = {
    "a shorter lag": (
        {"targetLag": "1 minute"},
        dict.fromkeys(LEAVES, UPDATED),
    ),
    "a bucket that destroy keeps": ({"forceDestroy": "false"}, {"landing": UPDATED}),
    "a larger warehouse": ({"warehouseSize": "SMALL"}, {"warehouse": UPDATED}),
    "a monitor that exists": ({"resourceMonitor": "LIMIT"}, {"warehouse": UPDATED}),
    "another generation of warehouses": ({"warehouseGeneration": "2"}, {"warehouse": UPDATED}),
    "a shorter timeout of refreshes": ({"warehouseTimeout": "1 hour"}, {"warehouse": UPDATED}),
    "protection, of a bucket that destroy keeps": (
        {"protect": "true", "forceDestroy": "false"},
        {"landing": UPDATED},
    ),
    "a reader": (
        {"readers": '["ANALYST"]'},
        dict.fromkeys(("readers-warehouse", "reader-to-analyst", "warehouse-to-analyst"), CREATED),
    ),
    "an operator, who is a reader as well": (
        {"readers": '["ONCALL"]', "operators": '["ONCALL"]'},
        {
            **dict.fromkeys(("reader-to-oncall", "operator-to-oncall"), CREATED),
            **dict.fromkeys(("readers-warehouse", "warehouse-to-oncall"), CREATED),
        },
    ),
    "a credit quota": ({"monthlyCreditQuota": "5"}, {"resource-monitor": CREATED, "warehouse": UPDATED}),
    "another bucket": (
        {"landingBucket": "another-bucket"},
        {
            "landing": REPLACED,
            "landing-public-access": REPLACED,
            "landing-ownership": REPLACED,
            "landing-policy": REPLACED,
            "landing-encryption": REPLACED,
            "landing-versioning": REPLACED,
            "landing-lifecycle": REPLACED,
            "landing-notification": REPLACED,
            "storage-integration": UPDATED,
            "snowflake-role-access": UPDATED,
            "landing-stage": UPDATED,
            **ALL_PIPES,
        },
    ),
}


CONFIG_EDITS["a longer history"] = {"retentionDays": "5"}, {"database": UPDATED}
CONFIG_EDITS["a dimension as Parquet"] = (
    {"parquetFeeds": '["customers"]'},
    {"customers-pipe": REPLACED, "customers-refresh": REPLACED},
)
CONFIG_EDITS["transactions as Parquet"] = (
    {"parquetFeeds": '["transactions"]'},
    {
        **dict.fromkeys(("transactions-pipe", "transactions-refresh", "core-transactions"), REPLACED),
        **PURCHASES_AND_COUNTS,
    },
)
CONFIG_EDITS["a sweep a day"] = {"refreshPipesEvery": "1 day"}, {f"{feed}-sweep": UPDATED for feed in FEEDS}
CONFIG_EDITS["when files are expected"] = {"expectedEvery": '{"products": "1 day"}'}, {"ops-pipe-health": REPLACED}

ALERTS = {
    **dict.fromkeys(("alerts-topic", "alerts-topic-policy", "alerts-to-a@example.com"), CREATED),
    **dict.fromkeys(("alerts-integration", "alerts-role", "alerts-role-access"), CREATED),
    **dict.fromkeys((f"{feed}-{what}" for feed in FEEDS for what in ("pipe", "sweep")), UPDATED),
    "keep-load-history": UPDATED,
    **dict.fromkeys(("check-findings", "check-reconciliation"), CREATED),
}
CONFIG_EDITS["a key of its own"] = (
    {"encryption": "sse-kms"},
    {"landing-key": CREATED, "landing-encryption": UPDATED, "snowflake-role-access": UPDATED},
)
CONFIG_EDITS["a tag"] = (
    {"tags": '{"cost-center": "4711"}'},
    {
        "tag-cost-center": CREATED,
        **dict.fromkeys((f"tag-cost-center-on-{kind}" for kind in ("database", "warehouse", "integration")), CREATED),
        **dict.fromkeys(("landing", "snowflake-role"), UPDATED),
    },
)
CONFIG_EDITS["an access log"] = {"accessLogBucket": "logs"}, {"landing-access-log": CREATED}
TOLD_BY_A_TOPIC = {
    **dict.fromkeys(("events-topic", "events-subscription", "events-topic-policy"), CREATED),
    "landing-notification": UPDATED,
    **ALL_PIPES,
}
CONFIG_EDITS["a topic that tells of files"] = {"notifications": "sns"}, TOLD_BY_A_TOPIC
CONFIG_EDITS["a rule that tells of files"] = (
    {"notifications": "eventbridge"},
    {**TOLD_BY_A_TOPIC, **dict.fromkeys(("events-rule", "events-target"), CREATED)},
)
CONFIG_EDITS["people who are told"] = {"alertEmails": '["a@example.com"]'}, ALERTS
CONFIG_EDITS["a topic that is there"] = (
    {"alertTopicArn": "arn:aws:sns:eu-west-1:123456789012:ours"},
    {name: change for name, change in ALERTS.items() if not name.startswith("alerts-to")},
)


@pytest.mark.parametrize(("config", "expected"), CONFIG_EDITS.values(), ids=CONFIG_EDITS)
def test_a_change_of_config_changes_these_resources_and_no_others(
    config: dict[str, str], expected: dict[str, str], before: Recording
):
    edited = {f"retail-snowpipe:{key}": value for key, value in config.items()}
    after = run_program(config=stack_config(dataDir="") | edited)
    assert changes(before, after) == with_grants(expected)


def test_another_value_of_a_tag_and_another_tag_replace_nothing():
    def tagged(**tags: str) -> Recording:
        return run_program(config=stack_config(dataDir="", tags=json.dumps(tags)))

    first = tagged(team="lake", cost="1")
    on = {f"tag-{key}-on-{kind}" for key in ("team", "cost") for kind in ("database", "warehouse", "integration")}
    tagged_in_aws = dict.fromkeys(("landing", "snowflake-role"), UPDATED)
    values = {name: UPDATED for name in on if "team" in name}
    assert changes(first, tagged(team="sea", cost="1")) == values | tagged_in_aws
    gone = {name: DELETED for name in (*on, "tag-cost") if "cost" in name}
    assert changes(first, tagged(team="lake")) == gone | tagged_in_aws


def test_a_replaced_integration_takes_stage_pipes_and_refreshes_along_and_keeps_the_data(
    before: Recording, tmp_path: Path
):
    tree = copy_program(tmp_path)
    edit(tree / "infra/naming.py", "return self.database", 'return self.database + "_2"')
    after = changes(before, run_program(tree))
    assert after.items() >= ({"storage-integration": REPLACED, "landing-stage": REPLACED} | ALL_PIPES).items()
    assert not {name for name in after if name.endswith("-raw") or name.startswith("core-")} - {
        name for name, change in after.items() if change == UPDATED
    }


def test_a_renamed_feed_is_another_feed_and_the_old_raw_table_is_deleted_with_its_rows(
    before: Recording, tmp_path: Path
):
    renamed = {
        "raw.products": "raw.goods",
        "first_products_rows": "first_goods_rows",
        "products_rows": "goods_rows",
        '"products": "product"': '"goods": "product"',
        '"products",': '"goods",',
    }
    tree = copy_program(tmp_path)
    edit(tree / "infra/feeds.py", '"products",\n', '"goods",\n')
    (tree / "sql/copy/products.sql").rename(tree / "sql/copy/goods.sql")
    for file in (tree / "sql").rglob("*.sql"):
        for old, new in renamed.items():
            file.write_text(file.read_text().replace(old, new))
    found = changes(before, run_program(tree))
    deleted = {name for name, change in found.items() if change == DELETED}
    assert deleted >= {"products-raw", "products-pipe", "products-refresh"}
    assert {found["goods-raw"], found["goods-pipe"]} == {CREATED}
    assert not {name for name in found if name.startswith(("customers-", "transactions-"))}
    assert found["core-product-versions"] == REPLACED


def test_a_changed_file_is_a_new_object_and_no_other_object_moves(tmp_path: Path):
    config = stack_config(dataDir=str(tmp_path))
    (tmp_path / "customers.csv").write_text("customer_id,loyalty_score\nC1,5\n")
    (tmp_path / "products.csv").write_text("product_id\nP1\n")
    first = run_program(config=config)
    (tmp_path / "customers.csv").write_text("customer_id,loyalty_score\nC1,6\n")
    found = changes(first, run_program(config=config))
    assert sorted(found.values()) == [CREATED, DELETED]
    assert {name.rsplit("-", 1)[0] for name in found} == {"customers/customers"}


OF_VERSION_1_0 = json.loads((Path(__file__).parent / "of_version_1_0.json").read_text())
"""What a stack of version 1.0 has beside the models: URNs, inputs and replacement triggers."""


def test_a_stack_of_version_1_0_keeps_every_urn(before: Recording):
    """What is found by its URN or an alias is the same resource; anything else would be made anew and dropped."""
    known = {urn: resource.name for resource in before.resources for urn in (resource.urn, *resource.aliases)}
    deployed = {resource["urn"]: resource["urn"].split("::")[-1] for resource in OF_VERSION_1_0}
    assert {urn: known.get(urn) for urn in deployed} == deployed
    moved = {resource.name for resource in before.resources if deployed.keys() & set(resource.aliases)}
    assert moved == {"database", "raw-schema", "core-schema", "mart-schema", "ops-schema"}


def test_a_stack_of_version_1_0_is_updated_in_comments_and_nothing_that_holds_data_is_replaced(before: Recording):
    deployed = [
        replace(
            before[resource["urn"].split("::")[-1]],
            inputs=resource["inputs"],
            options={"replacement_trigger": resource["replacement_trigger"]},
        )
        for resource in OF_VERSION_1_0
    ]
    since = {f"{feed}-{kind}" for feed in set(FEEDS) - set(FEEDS_OF_1_0) for kind in ("raw", "pipe", "refresh")}
    since |= {"load-history", "keep-load-history"}
    since |= {f"{feed}-{kind}" for feed in FEEDS for kind in ("pipe-before", "pipe-state", "renewal", "sweep")}
    now = [r for r in before.resources if r.parent not in {"models", "access"} and r.name not in since]
    commented = [
        *("warehouse", "database", "raw-schema", "core-schema", "mart-schema", "ops-schema"),
        *("storage-integration", "landing-stage", "csv-format", "json-format"),
        *(f"{feed}-{kind}" for feed in FEEDS_OF_1_0 for kind in ("raw", "pipe")),
    ]
    heard_and_read = ("landing-notification", "snowflake-role-access") if set(FEEDS) != set(FEEDS_OF_1_0) else ()
    updated = dict.fromkeys((*commented, *heard_and_read), UPDATED)
    assert changes(Recording(deployed), Recording(now)) == updated


def test_the_same_program_changes_nothing(before: Recording):
    assert changes(before, run_program()) == NOTHING


def test_a_stack_of_version_1_0_keeps_the_monitor_that_it_made():
    program = run_program(config=stack_config(dataDir="", monthlyCreditQuota="20"))
    monitor = program["resource-monitor"]
    house = "urn:pulumi:dev::retail-snowpipe::retail-snowpipe:warehouse:Warehouse"
    assert monitor.urn == f"{house}$snowflake:index/resourceMonitor:ResourceMonitor::resource-monitor"
    assert monitor.inputs["name"] == program["warehouse"].inputs["resourceMonitor"] == "RETAIL_DEV"
