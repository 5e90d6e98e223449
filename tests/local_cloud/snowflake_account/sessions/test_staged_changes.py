"""What is made of staged files by queries, and who may read them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.tokens import Name
from tests.local_cloud.snowflake_account.landing import DATABASE, SCHEMA, Landing
from tests.local_cloud.snowflake_account.sessions.staged import stage_files

DOCUMENT = Path(__file__).parents[4] / "docs" / "add-a-feed.md"


def test_what_is_made_of_staged_files_stays_when_they_are_gone(landing: Landing) -> None:
    stage_files(landing)
    landing.execute("create table T (K varchar, N int)")
    landing.execute("insert into T select $1, $2 from @landing/csv/a.csv")
    landing.execute(
        "merge into T using (select $1 as k, $2::int as n from @landing/csv/) s on T.K = s.k"
        " when matched then update set N = s.n * 10 when not matched then insert values (s.k, s.n)"
    )
    landing.execute("update T set N = s.$2 * 100 from @landing/csv/b.csv s where s.$1 = T.K and s.$1 = 'c'")
    landing.execute("create table J as select $1 as r, metadata$filename as f from @landing/json (file_format => j)")
    landing.execute("create table SUMS as select $1 as k, $2 + 1 as n from @landing/csv/a.csv where $2 > 1")
    landing.execute("create table TYPED (B varchar) as select $1:a.b from @landing/json (file_format => j)")
    for key in list(landing.keys()):
        landing.delete(key)

    assert landing.rows("select * from T order by 1") == [("a", 10), ("b", 20), ("c", 300), ("d", 4)]
    assert landing.rows("select r:a.b::varchar, f from J order by 1") == [("5", "json/a.json"), ("z", "json/a.json")]
    assert landing.rows("select * from SUMS") == [("b", 3)]
    assert landing.rows("select B from TYPED order by 1") == [("5",), ("z",)]


def test_a_limit_is_read_and_no_more(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_cloud.snowflake_account.copying.batches.BATCH_FILES", 1)
    stage_files(landing)
    landing.put("json/b.json", "{")
    with pytest.raises(SnowflakeError, match=r"json/b\.json"):
        landing.rows("select $1 from @landing/json (file_format => j) order by 1 limit 1")
    assert len(landing.rows("select $1 from @landing/json (file_format => j) limit 2")) == 2
    assert landing.rows("select count(*) from (select $1 from @landing/json (file_format => j) limit 1)") == [(1,)]


def test_files_of_an_internal_stage_and_of_a_users_own_are_read_alike(landing: Landing) -> None:
    stage_files(landing)
    landing.execute("create stage INSIDE file_format = J")
    landing.execute("copy files into @inside/x/ from @landing/json/")
    assert landing.rows("select $1:a.b::varchar from @inside/x order by 1") == [("5",), ("z",)]
    own = landing.account.shared.stages.files(StagePath(Name((landing.account.shared.user,)), "y/", Kind.USER))
    own.write(f"{own.location.prefix}a.csv", b"a,1\nb,2\n")
    assert landing.rows("select $1, metadata$filename from @~/y/") == [("a", "y/a.csv"), ("b", "y/a.csv")]


def test_reading_needs_the_stage_the_format_and_a_warehouse(landing: Landing) -> None:
    stage_files(landing)
    for sql in (
        *("create role READER", "create warehouse W", "create user U password = 'p' default_role = READER"),
        *("grant role READER to user U", "grant usage on database RETAIL_TEST to role READER"),
        f"grant usage on schema {SCHEMA} to role READER",
    ):
        landing.execute(sql)
    session = landing.account.connect(DATABASE, "RAW", user="U")
    query = "select count(*) from @landing/json (file_format => j)"
    infer = "select count(*) from table(infer_schema(location => '@landing/json', file_format => 'J'))"

    def refusal(sql: str) -> str:
        with pytest.raises(SnowflakeError) as caught:
            session.execute(sql)
        return caught.value.message

    assert "warehouse" in refusal(query)
    landing.execute("grant usage on warehouse W to role READER")
    session.execute("use warehouse W")
    assert all("Stage 'RETAIL_TEST.RAW.LANDING' does not exist" in refusal(sql) for sql in (query, infer))
    landing.execute("grant usage on stage LANDING to role READER")
    assert all("'RETAIL_TEST.RAW.J' does not exist" in refusal(sql) for sql in (query, infer))
    landing.execute("grant usage on file format J to role READER")
    assert [session.execute(sql).rows for sql in (query, infer)] == [[(2,)], [(2,)]]
    session.close()


def test_the_documented_look_at_an_unknown_feed_tells_its_columns_and_what_a_table_refuses(landing: Landing) -> None:
    (sql,) = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    own = landing.account.shared.stages.files(StagePath(Name((landing.account.shared.user,)), "returns/", Kind.USER))
    own.write(f"{own.location.prefix}a.json", b'{"id": 1, "why": "x"}\n{"id": 2}\n')
    session = landing.account.connect(DATABASE)
    put, *statements = [statement.strip() for statement in sql.split(";\n") if statement.strip()]

    answers = [session.execute(statement).rows for statement in statements]

    assert put.startswith("put file:///")
    assert answers[1] == [("returns/a.json", '{"id":1,"why":"x"}'), ("returns/a.json", '{"id":2}')]
    assert [row[:2] for row in answers[2]] == [("id", "NUMBER(1, 0)"), ("why", "TEXT")]
    assert answers[4][0][1:4] == ("LOADED", 2, 2)
    assert answers[5] == []
    session.close()
