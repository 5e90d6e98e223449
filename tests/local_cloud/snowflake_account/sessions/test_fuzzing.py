"""Whatever text comes through the account's door: an answer, or an error of Snowflake's form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from local_cloud.snowflake_account import Account, SnowflakeError
from tests.local_cloud.snowflake_account.faulty_aws import FaultyAws
from tests.local_cloud.snowflake_account.landing import open_aws
from tests.local_cloud.snowflake_account.sessions.provider_cases import CASES

VERBS = tuple(
    """CREATE ALTER DROP SHOW DESCRIBE DESC USE GRANT REVOKE BEGIN COMMIT ROLLBACK SELECT INSERT UPDATE DELETE MERGE
    COPY SET UNSET TRUNCATE EXPLAIN CALL LIST WITH VALUES""".split()  # noqa: SIM905
)
WORDS = VERBS + tuple(
    """OR REPLACE IF NOT EXISTS TABLE VIEW DATABASE SCHEMA ROLE WAREHOUSE STAGE PIPE TASK STREAM TAG FILE FORMAT
    DYNAMIC RESOURCE MONITOR STORAGE INTEGRATION TABLES GRANTS FUTURE PARAMETERS IN LIKE LIMIT STARTS FROM ON
    TO OF ALL AS COMMENT COLUMN COLUMNS RENAME ADD UNSET SUSPEND RESUME REFRESH MODIFY SESSION ACCOUNT OBJECTS
    INTO GROUP BY ORDER WHERE JOIN LATERAL FLATTEN INPUT NULL TRUE FALSE WITH MANAGED ACCESS COPY_GRANTS
    TRIGGERS PERCENT DO NOTIFY AFTER WHEN ALLOWED_VALUES USAGE SELECT PRIVILEGES OPTION TYPE URL TARGET_LAG
    COLLATE DEFAULT CLUSTER TRANSIENT TEMPORARY SECURE TRANSACTION KEYS PRIMARY TERSE""".split()  # noqa: SIM905
)
NAMES = ("D", "D.S", "D.S.T", '"d"', '"D"."S"."T"', "A.B.C.D", "INFORMATION_SCHEMA.TABLES", "D._ACCOUNT.LOAD_HISTORY")
SIGNS = ("(", ")", ",", "=", "=>", ".", ";", "'x'", "'", '"', "$$x$$", "1", "-1", "1.5", "*", "?", ":1", "::", "@D.S.L")
FUNCTIONS = ("CURRENT_ROLE()", "SYSTEM$GET_TAG('a')", "TABLE(", "COUNT(*)", "NUMBER(38,0)", "VARCHAR", "VARIANT")

soups = st.lists(st.sampled_from((*WORDS, *NAMES, *SIGNS, *FUNCTIONS)), max_size=14).map(" ".join)
led = st.builds(lambda verb, soup: f"{verb} {soup}", st.sampled_from(VERBS), soups)
recorded = [
    statement
    for case in CASES.values()
    for statement in (*case.create, *(s for update in case.updates for s in update.statements), *case.delete)
]
ABOUT_FILES = [
    "COPY INTO D.S.T FROM ( SELECT $1 : a :: int , METADATA$FILENAME FROM @D.S.L / x ) ON_ERROR = CONTINUE",
    "COPY INTO D.S.T FROM @~ / a FILES = ( 'a' , 'b' ) FILE_FORMAT = ( TYPE = JSON ) VALIDATION_MODE = RETURN_5_ROWS",
    "COPY INTO @~ / a FROM ( SELECT 1 ) FILE_FORMAT = ( TYPE = CSV ) HEADER = TRUE SINGLE = TRUE OVERWRITE = TRUE",
    "COPY FILES INTO @~ / a FROM @D.S.%T / b FILES = ( 'x' ) PATTERN = 'a'",
    "PUT file:///tmp/x* @~/a AUTO_COMPRESS = TRUE SOURCE_COMPRESSION = GZIP PARALLEL = 4 OVERWRITE = TRUE",
    "GET @~/a file:///tmp/ PATTERN = '.*' PARALLEL = 3",
    "LIST @~ / a PATTERN = 'x'",
    "REMOVE @~ / a PATTERN = 'x'",
    "SELECT t . $1 FROM @~ / x ( FILE_FORMAT => 'D.S.F' , PATTERN => 'x' ) AS t WHERE t . $1 = 1",
    "SELECT * FROM TABLE ( INFER_SCHEMA ( LOCATION => '@~/x' , FILE_FORMAT => 'D.S.F' , FILES => ( 'a' , 'b' ) ) )",
    "CREATE PIPE D.S.P AS COPY INTO D.S.T FROM @D.S.L MATCH_BY_COLUMN_NAME = NONE FILE_FORMAT = ( TYPE = CSV )",
    "SELECT * FROM TABLE ( VALIDATE ( D.S.T , JOB_ID => '_last' ) )",
]


@st.composite
def broken(draw: st.DrawFn) -> str:
    """One of the provider's statements or one about files, with a few words taken out, doubled or put elsewhere."""
    words = draw(st.sampled_from(recorded) | st.sampled_from(ABOUT_FILES)).split(" ")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(words) - 1))
        words[at : at + 1] = draw(st.sampled_from(([], [words[at]] * 2, [draw(st.sampled_from(WORDS + SIGNS))])))
        words = words or [""]
    return " ".join(words)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """One account for all statements: what one of them leaves behind must not hurt the next."""
    with open_aws() as aws:
        opened = make(tmp_path_factory.mktemp("snowflake"), aws)
        yield opened
        opened.close()


def make(folder: Path, aws: FaultyAws) -> Account:
    opened = Account(folder, aws)
    for sql in ("create database D", "create schema D.S", "create table D.S.T (A number, B varchar)"):
        opened.execute(sql)
    return opened


def check(account: Account, sql: str) -> None:
    error = None
    try:
        result = account.execute(sql)
    except SnowflakeError as refusal:
        error = refusal
    else:
        assert all(len(row) == len(result.columns) for row in result.rows)
    if error:
        assert error.code != 603, error.message  # an internal error is one of this account, not of the statement
        assert len(error.sqlstate) == 5
        assert error.message


FUZZED = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZED
@given(sql=led)
def test_random_words_are_answered_or_refused(account: Account, sql: str) -> None:
    check(account, sql)


@FUZZED
@given(sql=broken())
def test_a_damaged_statement_is_answered_or_refused(account: Account, sql: str) -> None:
    check(account, sql)


@FUZZED
@given(sql=st.text(max_size=40))
@example(sql="COPY INTO")
@example(sql="COPY INTO D.S.T FROM (SELECT 1)")
@example(sql="CREATE PIPE D.S.P AS COPY INTO FROM @D.S.L")
def test_random_text_is_answered_or_refused(account: Account, sql: str) -> None:
    check(account, sql)


@pytest.mark.parametrize("sign", ["(", "((select ", "select (", "case when "])
def test_a_statement_that_is_nested_too_deeply_is_refused(account: Account, sign: str) -> None:
    check(account, "select " + sign * 3_000 + "1")


def test_the_account_works_on_after_all_that(account: Account) -> None:
    account.execute("rollback")
    account.execute("create or replace database AFTERWARDS")
    account.execute("create table AFTERWARDS.PUBLIC.T as select 1 as A")
    assert account.execute("select A from AFTERWARDS.PUBLIC.T").rows == [(1,)]
