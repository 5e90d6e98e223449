"""LIST, REMOVE and COPY FILES, and what PUT and GET say.

https://docs.snowflake.com/en/sql-reference/sql/copy-files, …/remove, …/put, …/get
"""

from __future__ import annotations

import pytest

from local_cloud.snowflake_account.errors import InsufficientPrivilegesError, SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.parsing import parse_statement
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.statement_text import one_statement, statements_of
from local_cloud.snowflake_account.language.statements import CopyFiles, GetFiles, ListFiles, PutFiles, RemoveFiles
from local_cloud.snowflake_account.language.tokens import Name
from tests.local_cloud.snowflake_account.landing import READ_BUCKET, SCHEMA, Landing

S = StagePath(Name(("S",)))
MINE = StagePath(Name(()), "a/b", Kind.USER)

READ = {
    "ls @s": ListFiles(S),
    "LIST @~/a/b pattern = '.*csv'": ListFiles(MINE, ".*csv"),
    "rm @s": RemoveFiles(S),
    "remove @%t/x pattern='a'": RemoveFiles(StagePath(Name(("T",)), "x", Kind.TABLE), "a"),
    "put file:///tmp/a.csv @s": PutFiles("/tmp/a.csv", S),
    "put file:///tmp/x/*.csv @s": PutFiles("/tmp/x/*.csv", S),
    "PUT 'file:///tmp/it\\'s a.csv' @~/a/b parallel=8 auto_compress=false source_compression=gzip overwrite=true": (
        PutFiles("/tmp/it's a.csv", MINE, 8, auto_compress=False, source_compression="GZIP", overwrite=True)
    ),
    "put file://C:\\temp\\a.csv @s": PutFiles("C:\\temp\\a.csv", S),
    "put file:///a--b/c.csv '@s/with blank/'": PutFiles("/a--b/c.csv", StagePath(S.name, "with blank/")),
    "get @s file:///tmp/in/": GetFiles(S, "/tmp/in/"),
    "get @~/a/b 'file:///tmp/a b' pattern='.*' parallel=3": GetFiles(MINE, "/tmp/a b", 3, ".*"),
    "copy files into @s from @d.s.u/p/": CopyFiles(StagePath(Name(("D", "S", "U")), "p/"), S),
    "copy files into @s from @s/p files = ('a', 'b') detailed_output = false": CopyFiles(
        StagePath(S.name, "p"), S, ("a", "b"), detailed=False
    ),
}


@pytest.mark.parametrize(("sql", "expected"), READ.items())
def test_a_statement_about_files_is_read(sql: str, expected: object) -> None:
    assert parse_statement(one_statement(sql)) == expected


def test_an_address_of_files_hides_no_statement_behind_it() -> None:
    texts = [each.text for each in statements_of("put file:///tmp/*/a.csv @s; get @s file:///tmp/*; select 1")]

    assert texts == ["put 'file:///tmp/*/a.csv' @s", "get @s 'file:///tmp/*'", "select 1"]


WRONG = {
    "put file:///a s": "unexpected 's'",
    "put /tmp/a @s": "unexpected '/tmp/a'",
    "put '/tmp/a' @s": "a file's address begins with file://",
    "put file:///a @s paralel = 2": "invalid parameter 'PARALEL'",
    "put file:///a @s parallel = 0": r"invalid value \[0\] for parameter 'PARALLEL'",
    "put file:///a @s overwrite = 1": r"invalid value \[1\] for parameter 'OVERWRITE'",
    "put file:///a @s source_compression = LZO": r"invalid value \[LZO\] for parameter 'SOURCE_COMPRESSION'",
    "get @s": "unexpected '<EOF>'",
    "copy into": "syntax error",
    "list @s pattern = '('": "invalid regular expression",
    "list @s x": "syntax error",
    "copy files into @s from (select 1)": "COPY FILES from a query",
    "copy files into @s from @%t": "COPY FILES of the stage of a table or a user",
    "copy files into @~ from @s": "COPY FILES of the stage of a table or a user",
    "copy files into @s from @s files = 'a'": "for parameter 'FILES'",
}


@pytest.mark.parametrize(("sql", "message"), WRONG.items())
def test_a_wrong_statement_about_files_says_why(sql: str, message: str) -> None:
    with pytest.raises(SnowflakeError, match=message):
        parse_statement(one_statement(sql))


@pytest.mark.parametrize("sql", ["put file:///a.csv @~", "get @~ file:///tmp"])
def test_files_of_a_client_take_a_client(landing: Landing, sql: str) -> None:
    with pytest.raises(UnsupportedError, match="without a driver"):
        landing.execute(sql)


@pytest.fixture
def filled(landing: Landing) -> Landing:
    """A landing with three files in its bucket, and an internal stage."""
    for key in ("app/v1/app.py", "app/v1/pages/p.py", "app/v10/app.py"):
        landing.put(key, key)
    landing.execute(f"create stage {SCHEMA}.APP")
    landing.execute(f"use schema {SCHEMA}")
    return landing


def listed(landing: Landing, place: str) -> list[str]:
    return [row["name"] for row in landing.execute(f"list {place}")]


COPIES = {
    "copy files into @APP from @LANDING/app/v1/": ["app.py", "pages/p.py"],
    "copy files into @APP/x from @LANDING/app/v1/": ["x/app.py", "x/pages/p.py"],
    "copy files into @APP/x/ from @LANDING/app/v1/app.py": ["x/app.py"],
    "copy files into @APP from @LANDING/app/v1": ["v1/app.py", "v1/pages/p.py", "v10/app.py"],
    "copy files into @APP from @LANDING/app/ files = ('v1/app.py', 'gone')": ["v1/app.py"],
    "copy files into @APP from @LANDING pattern = '.*/v10/.*'": ["app/v10/app.py"],
}


@pytest.mark.parametrize(("sql", "expected"), COPIES.items())
def test_files_are_copied_from_a_bucket_under_their_names(filled: Landing, sql: str, expected: list[str]) -> None:
    answer = filled.execute(sql)

    assert [row["file"] for row in answer] == expected
    assert listed(filled, "@APP") == [f"app/{name}" for name in expected]


def test_copied_files_replace_those_of_the_same_name_and_no_others(filled: Landing) -> None:
    filled.execute("copy files into @APP from @LANDING/app/v1/")

    answer = filled.execute("copy files into @APP from @LANDING/app/v10/ detailed_output = false")

    assert answer == [{"numOfFilesCopied": 1}]
    assert listed(filled, "@APP") == ["app/app.py", "app/pages/p.py"]
    found = filled.account.shared.stages.files(StagePath(Name(("RETAIL_TEST", "RAW", "APP")))).read("app.py")
    assert found is not None
    assert found[1] == b"app/v10/app.py"


def test_files_are_copied_into_a_bucket_if_the_role_may_write_there(filled: Landing) -> None:
    filled.execute("copy files into @APP from @LANDING/app/v10/")
    with pytest.raises(SnowflakeError, match="not allowed s3:PutObject"):
        filled.execute("copy files into @LANDING/back from @APP")

    allowed = {**READ_BUCKET["Statement"][0], "Action": ["s3:PutObject"]}  # pyright: ignore[reportArgumentType]
    filled.set_access({**READ_BUCKET, "Statement": [*READ_BUCKET["Statement"], allowed]})
    filled.execute("copy files into @LANDING/back from @APP")

    assert filled.keys() == ["app/v1/app.py", "app/v1/pages/p.py", "app/v10/app.py", "back/app.py"]


def test_a_remove_takes_what_begins_with_its_path_and_fits_its_pattern(filled: Landing) -> None:
    filled.execute("copy files into @APP from @LANDING/app/")

    answer = filled.rows("rm @APP/v1 pattern = '.*app.py'")

    assert answer == [("app/v1/app.py", "removed"), ("app/v10/app.py", "removed")]
    assert listed(filled, "@APP") == ["app/v1/pages/p.py"]


def test_a_remove_from_a_bucket_takes_the_roles_leave(filled: Landing) -> None:
    assert filled.rows("remove @LANDING/app/v10/") == [("s3://landing/app/v10/app.py", "removed")]

    filled.set_access({**READ_BUCKET, "Statement": [READ_BUCKET["Statement"][1]]})
    with pytest.raises(SnowflakeError, match=r"app/v1/app.py cannot be removed"):
        filled.execute("remove @LANDING/app/v1/app.py")
    assert filled.keys() == ["app/v1/app.py", "app/v1/pages/p.py"]


def test_removing_and_copying_into_a_stage_need_write(filled: Landing) -> None:
    for sql in (
        "create role R",
        "create user U password = 'x' default_role = R",
        "grant role R to user U",
        "grant usage on database RETAIL_TEST to role R",
        f"grant usage on schema {SCHEMA} to role R",
        f"grant read on stage {SCHEMA}.APP to role R",
        f"grant usage on stage {SCHEMA}.LANDING to role R",
    ):
        filled.execute(sql)
    other = filled.account.connect("RETAIL_TEST", "RAW", user="U")
    for sql in ("remove @APP", "copy files into @APP from @LANDING"):
        with pytest.raises(InsufficientPrivilegesError):
            other.execute(sql)

    filled.execute(f"grant write on stage {SCHEMA}.APP to role R")

    assert len(other.execute("copy files into @APP from @LANDING").rows) == 3
    assert len(other.execute("remove @APP").rows) == 3
