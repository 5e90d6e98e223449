"""Internal stages: whose files there are, and how long they last.

https://docs.snowflake.com/en/user-guide/data-load-local-file-system-create-stage
"""

from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.errors import DoesNotExistError, InsufficientPrivilegesError, SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.stage_paths import StagePath, stage_path
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.sessions.session import Session
from tests.local_cloud.snowflake_account.faulty_aws import FaultyAws

PATHS = {
    "@s": StagePath(Name(("S",))),
    "@s/": StagePath(Name(("S",)), ""),
    "@s/a/b": StagePath(Name(("S",)), "a/b"),
    '@"D"."s c".S/a/': StagePath(Name(("D", "s c", "S")), "a/"),
    '@"a/b"/c': StagePath(Name(("a/b",)), "c"),
    "'@s/with blanks/'": StagePath(Name(("S",)), "with blanks/"),
    "@~": StagePath(Name(()), "", Kind.USER),
    "@~/a/b": StagePath(Name(()), "a/b", Kind.USER),
    "@%t": StagePath(Name(("T",)), "", Kind.TABLE),
    '@"D"."S"."%t x"/a': StagePath(Name(("D", "S", "t x")), "a", Kind.TABLE),
    '@d.s.%"t/%"/a%b': StagePath(Name(("D", "S", "t/%")), "a%b", Kind.TABLE),
}


@pytest.mark.parametrize(("text", "expected"), PATHS.items(), ids=PATHS.keys())
def test_a_place_in_a_stage_is_read_from_sql(text: str, expected: StagePath) -> None:
    assert stage_path(text) == expected


@pytest.mark.parametrize("text", ["s", "", "@", "@s x", "~/a", "@%"])
def test_what_is_no_place_in_a_stage_is_refused(text: str) -> None:
    with pytest.raises(SnowflakeError, match="syntax error"):
        stage_path(text)


@pytest.fixture
def session(account: Account) -> Session:
    """A session in the schema D.S, with a stage, a table and nothing in either."""
    opened = account.connect()
    for sql in ("create database D", "create schema D.S", "create stage STAGE", "create table T (A int)"):
        opened.execute(sql)
    return opened


def put(account: Account, place: str, name: str, content: bytes = b"1\n") -> None:
    """Put a file; names in the place are in full."""
    where = stage_path(place)
    user = Name((account.shared.user,))
    where = StagePath(user, where.path, Kind.USER) if where.kind is Kind.USER else where
    account.shared.stages.files(where).write(where.path + name, content)


def names(session: Session, place: str, more: str = "") -> list[str]:
    """Return the names that LIST answers."""
    return [row["name"] for row in session.execute(f"list {place} {more}").dicts()]


PLACES = {"@D.S.STAGE": "stage/", "@D.S.%T": "", "@~": ""}
"""The places, and what LIST puts before the names of their files."""


@pytest.mark.parametrize(("place", "before"), PLACES.items(), ids=PLACES.keys())
def test_its_files_are_listed_with_size_and_md5_sum(
    account: Account, session: Session, place: str, before: str
) -> None:
    put(account, f"{place}/in/", "b.csv", b"12")
    put(account, f"{place}/in/", "a.csv")
    put(account, f"{place}/", "c.csv")

    (row,) = session.execute(f"list {place}/in/b").dicts()

    assert names(session, place) == [f"{before}c.csv", f"{before}in/a.csv", f"{before}in/b.csv"]
    assert names(session, f"{place}/in/", "pattern = '.*b.csv'") == [f"{before}in/b.csv"]
    assert (row["size"], row["md5"]) == (2, "c20ad4d76fe97759aa27a0c99bff6710")


@pytest.mark.parametrize("place", PLACES)
def test_its_files_are_there_after_a_restart(
    account: Account, session: Session, tmp_path: Path, aws: FaultyAws, place: str
) -> None:
    put(account, f"{place}/", "a.csv")
    before = names(session, place)
    account.close()

    again = Account(tmp_path / "snowflake", aws)
    try:
        assert names(again.connect("D", "S"), place) == before != []
        where = StagePath(Name((again.shared.user,)), "", Kind.USER) if place == "@~" else stage_path(place)
        found = again.shared.stages.files(where).read("a.csv")
        assert found is not None
        assert found[1] == b"1\n"
    finally:
        again.close()


ENDS = {
    "its stage is dropped": ("@D.S.STAGE", "drop stage STAGE", "create stage STAGE"),
    "its stage is replaced": ("@D.S.STAGE", "create or replace stage STAGE", None),
    "its table is dropped": ("@D.S.%T", "drop table T", "create table T (A int)"),
    "its table is replaced": ("@D.S.%T", "create or replace table T (B int)", None),
    "its schema is dropped": ("@D.S.%T", "drop schema S", None),
    "its database is dropped": ("@D.S.STAGE", "drop database D", None),
}


@pytest.mark.parametrize(("place", "end", "anew"), ENDS.values(), ids=ENDS.keys())
def test_a_file_goes_when(
    account: Account, session: Session, tmp_path: Path, place: str, end: str, anew: str | None
) -> None:
    put(account, f"{place}/", "a.csv")
    put(account, "@~/", "kept.csv")

    session.execute(end)

    if anew:
        session.execute(anew)
    if anew or "replace" in end:
        assert names(session, place) == []
    else:
        with pytest.raises(DoesNotExistError):
            names(session, place)
    kept = [path for path in (tmp_path / "snowflake/stages").iterdir() if "index" not in path.name]
    assert len(kept) == 1


def test_a_file_stays_when_its_table_or_stage_is_renamed(account: Account, session: Session) -> None:
    put(account, "@D.S.%T/", "a.csv")
    put(account, "@D.S.STAGE/", "b.csv")

    session.execute("alter table T rename to U")
    session.execute("alter stage STAGE rename to STAGE2")

    assert names(session, "@%U") == ["a.csv"]
    assert names(session, "@STAGE2") == ["stage2/b.csv"]


def test_a_temporary_stage_ends_with_its_session(account: Account, session: Session, tmp_path: Path) -> None:
    session.execute("create temporary stage TEMP file_format = (type = json)")
    put(account, "@D.S.TEMP/", "a.json", b"{}")
    other = account.connect("D", "S")

    session.close()

    with pytest.raises(DoesNotExistError):
        names(other, "@TEMP")
    assert [path for path in (tmp_path / "snowflake/stages").iterdir() if "index" not in path.name] == []


def test_a_session_sees_the_stage_of_its_own_user(account: Account, session: Session) -> None:
    session.execute("create user OTHER password = 'x'")
    put(account, "@~/", "mine.csv")

    assert names(account.connect(user="OTHER"), "@~") == []
    assert names(session, "@~") == ["mine.csv"]


def test_reading_needs_a_privilege_on_a_stage_and_ownership_of_a_table(account: Account, session: Session) -> None:
    for sql in (
        "create role R",
        "create user U password = 'x' default_role = R",
        "grant role R to user U",
        "grant usage on database D to role R",
        "grant usage on schema D.S to role R",
        "grant all on table D.S.T to role R",
    ):
        session.execute(sql)
    other = account.connect("D", "S", user="U")
    with pytest.raises(DoesNotExistError):
        other.execute("list @STAGE")
    with pytest.raises(InsufficientPrivilegesError):
        other.execute("list @%T")

    session.execute("grant usage on stage D.S.STAGE to role R")
    with pytest.raises(InsufficientPrivilegesError):
        other.execute("list @STAGE")
    session.execute("grant read on stage D.S.STAGE to role R")

    assert names(other, "@STAGE") == []


def test_all_on_an_internal_stage_is_to_read_and_to_write(session: Session) -> None:
    session.execute("create role R")

    session.execute("grant all on stage D.S.STAGE to role R")

    granted = session.execute("show grants to role R").dicts()
    assert [row["privilege"] for row in granted] == ["READ", "WRITE"]


INTERNAL = {
    "": ("INTERNAL", "N"),
    "encryption = (type = 'SNOWFLAKE_SSE')": ("INTERNAL NO CSE", "N"),
    "encryption = (type = 'SNOWFLAKE_FULL') directory = (enable = true)": ("INTERNAL", "Y"),
}


@pytest.mark.parametrize(("options", "expected"), INTERNAL.items(), ids=INTERNAL.keys())
def test_show_and_describe_tell_of_an_internal_stage(session: Session, options: str, expected: tuple[str, str]) -> None:
    session.execute(f"create or replace stage STAGE {options} comment = 'c'")

    (shown,) = session.execute("show stages").dicts()
    described = {row["property"]: row["property_value"] for row in session.execute("desc stage STAGE").dicts()}

    assert (shown["type"], shown["directory_enabled"]) == expected
    assert (shown["url"], shown["cloud"], shown["region"], shown["comment"]) == ("", None, None, "c")
    assert (described["URL"], described["ENABLE"]) == ("", "true" if expected[1] == "Y" else "false")


ALTERED = {
    "set directory = (enable = true)": ("ENABLE", "true"),
    "set file_format = (type = csv field_delimiter = '|') comment = ''": ("FIELD_DELIMITER", "|"),
}


@pytest.mark.parametrize(("change", "expected"), ALTERED.items(), ids=ALTERED.keys())
def test_an_internal_stage_is_altered(session: Session, change: str, expected: tuple[str, str]) -> None:
    session.execute(f"alter stage STAGE {change}")

    rows = session.execute("describe stage STAGE").dicts()
    assert [row["property_value"] for row in rows if row["property"] == expected[0]] == [expected[1]]


REFUSED = {
    "create stage X encryption = (type = 'AWS_SSE_S3')": "invalid value",
    "create stage X storage_integration = SI": "invalid property 'STORAGE_INTEGRATION'",
    "alter stage STAGE set url = 's3://b/'": "invalid property 'URL'",
    "alter stage STAGE set encryption = (type = 'SNOWFLAKE_SSE')": "ALTER STAGE SET ENCRYPTION",
    "create pipe P as copy into T from @~": "not one that a pipe can load from",
    "create pipe P as copy into T from @%T": "PIPE of a table's stage",
    "create pipe P auto_ingest = true as copy into T from @STAGE": "AUTO_INGEST of an internal stage",
}


@pytest.mark.parametrize(("sql", "message"), REFUSED.items())
def test_what_an_internal_stage_cannot_be_is_refused(session: Session, sql: str, message: str) -> None:
    with pytest.raises(SnowflakeError, match=message):
        session.execute(sql)


@pytest.mark.parametrize("place", PLACES)
def test_its_files_load_into_a_table_once(account: Account, session: Session, place: str) -> None:
    put(account, f"{place}/in/", "a.csv", b"1\n2\n")
    shown = f"{PLACES[place]}in/a.csv"

    (first,) = session.execute(f"copy into T from {place}/in/").dicts()
    again = session.execute(f"copy into T from {place}/in/").rows

    assert (first["file"], first["status"], first["rows_loaded"]) == (shown, "LOADED", 2)
    assert again == [("Copy executed with 0 files processed.",)]
    assert session.execute("select A from T order by 1").rows == [(1,), (2,)]


def test_a_copy_purges_what_it_has_loaded(account: Account, session: Session) -> None:
    put(account, "@D.S.%T/", "a.csv")

    session.execute("copy into T from @%T purge = true")

    assert names(session, "@%T") == []


def test_a_copy_without_from_loads_from_the_tables_own_stage(account: Account, session: Session) -> None:
    put(account, "@D.S.%T/", "a.csv")

    session.execute("copy into T file_format = (type = csv)")

    assert session.execute("select A from T").rows == [(1,)]


def test_a_pipe_loads_the_files_of_an_internal_stage_when_it_is_refreshed(account: Account, session: Session) -> None:
    session.execute("create pipe P as copy into T from @STAGE")
    put(account, "@D.S.STAGE/", "a.csv")

    session.execute("alter pipe P refresh")
    account.load_files(Name(("D", "S", "P")), ["a.csv"])

    assert session.execute("select A from T").rows == [(1,)]
