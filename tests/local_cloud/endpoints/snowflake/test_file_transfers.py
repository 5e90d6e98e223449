"""PUT and GET by Snowflake's own connector, and by bare HTTP for what it does not do.

https://docs.snowflake.com/en/sql-reference/sql/put, …/get
"""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.padding import PKCS7
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import OperationalError, ProgrammingError

from local_cloud.endpoints.http import HttpRequest
from local_cloud.endpoints.snowflake.client_sessions import ClientSession
from local_cloud.endpoints.snowflake.file_transfers import PATH, SIGNED_SECONDS, FileTransfers
from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.statements import PutFiles
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.transfers import Transfer
from tests.local_cloud.endpoints.snowflake.driver import Door, fetched
from tests.local_cloud.snowflake_account.landing import open_aws

PLACES = ["@STAGE", "@~", "@%T"]


@pytest.fixture
def connected(connection: SnowflakeConnection) -> SnowflakeConnection:
    """A connection to an account with a stage and a table."""
    fetched(connection, "create stage STAGE")
    fetched(connection, "create table T (A int, B varchar)")
    return connection


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """A folder with two files to send."""
    folder = tmp_path / "with blank"
    folder.mkdir()
    for name, content in {"a.csv": "1,x\n", "b.csv": "2,y\n", "c.txt": "no\n"}.items():
        (folder / name).write_text(content)
    return folder


def quoted(path: Path | str) -> str:
    """Return the address of a path as SQL has it."""
    return "'file://" + str(path).replace("'", "\\'") + "'"


def names(connection: SnowflakeConnection, place: str) -> list[str]:
    return [row[0].rpartition("stage/")[2] for row in fetched(connection, f"list {place}")]


@pytest.mark.parametrize("place", PLACES)
def test_files_are_put_listed_loaded_and_got(
    connected: SnowflakeConnection, sent: Path, tmp_path: Path, place: str
) -> None:
    put = fetched(connected, f"put {quoted(sent / '*.csv')} {place}/in")
    got = tmp_path / "got"
    got.mkdir()

    answer = fetched(connected, f"get {place}/in/ {quoted(got)} pattern = '.*b.csv.*'")

    assert sorted((source, target, status) for source, target, *_, status, _ in put) == [
        ("a.csv", "a.csv.gz", "UPLOADED"),
        ("b.csv", "b.csv.gz", "UPLOADED"),
    ]
    assert names(connected, place) == ["in/a.csv.gz", "in/b.csv.gz"]
    assert [(row[0], row[2]) for row in answer] == [("b.csv.gz", "DOWNLOADED")]
    assert gzip.decompress((got / "b.csv.gz").read_bytes()) == b"2,y\n"
    fetched(connected, f"copy into T from {place}/in/ file_format = (type = csv)")
    assert fetched(connected, "select * from T order by 1") == [(1, "x"), (2, "y")]


def test_a_file_is_put_without_compressing_it(connected: SnowflakeConnection, sent: Path) -> None:
    fetched(connected, f"put {quoted(sent / 'a.csv')} @STAGE auto_compress = false")

    assert [row[:2] for row in fetched(connected, "list @STAGE")] == [("stage/a.csv", 4)]


def test_an_address_without_quotes_may_have_wildcards(connected: SnowflakeConnection, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.csv").write_text("1,x\n")

    fetched(connected, f"put file://{tmp_path}/sub/*.csv @~/p/q auto_compress = false parallel = 2;")

    assert names(connected, "@~") == ["p/q/a.csv"]


def test_a_put_replaces_a_file(connected: SnowflakeConnection, sent: Path) -> None:
    fetched(connected, f"put {quoted(sent / 'a.csv')} @STAGE")
    (sent / "a.csv").write_text("3,z\n")

    fetched(connected, f"put {quoted(sent / 'a.csv')} @STAGE overwrite = true")

    fetched(connected, "copy into T from @STAGE")
    assert fetched(connected, "select * from T") == [(3, "z")]


def test_a_stream_is_put(connected: SnowflakeConnection, tmp_path: Path) -> None:
    with (tmp_path / "x").open("w+b") as stream:
        stream.write(b"5,s\n")
        stream.seek(0)
        connected.cursor().execute("put file://s.csv @STAGE/d", file_stream=stream)

    assert names(connected, "@STAGE") == ["d/s.csv.gz"]


def test_getting_nothing_is_the_connectors_error(connected: SnowflakeConnection, tmp_path: Path) -> None:
    with pytest.raises(OperationalError, match="the file does not exist"):
        fetched(connected, f"get @STAGE {quoted(tmp_path)}")


REFUSED = {
    "put file:///nowhere/x @NOSTAGE": "'SHOP.PUBLIC.NOSTAGE' does not exist",
    "put file:///nowhere/x @STAGE parallel = 100": "invalid value .100. for parameter 'PARALLEL'",
    "get @%NOTABLE file:///tmp": "'SHOP.PUBLIC.NOTABLE' does not exist",
}


@pytest.mark.parametrize(("sql", "message"), REFUSED.items())
def test_a_wrong_put_or_get_is_refused_before_a_file_moves(
    connected: SnowflakeConnection, sql: str, message: str
) -> None:
    with pytest.raises(ProgrammingError, match=message):
        fetched(connected, sql)


def put_address(door: Door, **login: Any) -> dict[str, Any]:
    """Return what the answer to a PUT says, its address without the endpoint's."""
    token = door.log_in(**login)["data"]["token"]
    data = door.query(token, "put file:///x/a.csv @~")["data"]
    address = data["stageInfo"]["presignedUrl"]
    return data | {"address": address[address.index(PATH) :]}


def test_a_driver_that_says_so_replaces_no_file(door: Door) -> None:
    address = put_address(door)["address"]

    assert door.send("PUT", address, b"1", x_goog_if_generation_match="0")[0] == 200
    assert door.send("PUT", address, b"2", x_goog_if_generation_match="0")[0] == 412
    assert door.send("PUT", address, b"3")[0] == 200


NAMES = {
    ("put file:///x/a.csv @~", b"1"): "a.csv",
    ("put file:///x/a.csv @~", gzip.compress(b"1")): "a.csv.gz",
    ("put file:///x/a.csv @~ auto_compress = false", gzip.compress(b"1")): "a.csv",
    ("put file:///x/a.csv @~ source_compression = gzip", gzip.compress(b"1")): "a.csv",
    ("put 'file://a.csv.gz' @~/in", gzip.compress(b"1")): "in/a.csv.gz",
    ("put file://C:\\in\\a.csv @~", b"1"): "a.csv",
}


@pytest.mark.parametrize(("sent", "name"), NAMES.items())
def test_a_file_has_the_name_that_its_driver_gives_it(door: Door, sent: tuple[str, bytes], name: str) -> None:
    sql, content = sent
    token = door.token()
    url = door.query(token, sql)["data"]["stageInfo"]["presignedUrl"]

    assert door.send("PUT", url[url.index(PATH) :], content)[0] == 200

    assert [row[0] for row in door.query(token, "list @~")["data"]["rowset"]] == [name]


def test_a_driver_that_puts_several_files_has_to_ask_for_each_by_its_name(door: Door) -> None:
    data = door.query(door.token(), "put file:///x/*.csv @~")["data"]
    url = data["stageInfo"]["presignedUrl"]

    assert door.send("PUT", url[url.index(PATH) :], b"1")[0] == 400


@pytest.mark.parametrize("sql", ["put file:///x/a.csv @~", "get @~ file:///x"])
def test_the_answer_leaves_the_rows_to_the_driver(door: Door, sql: str) -> None:
    data = door.query(door.token(), sql)["data"]

    assert {"rowtype", "rowset"} & data.keys() == set()


def test_a_place_may_be_bound(door: Door) -> None:
    token = door.token()
    bindings = {"1": {"type": "TEXT", "value": "@~/bound"}}

    one = door.query(token, "put file:///x/a.csv ? parallel=4", bindings=bindings)
    several = door.query(token, "put file:///x/*.csv ?", bindings=bindings)

    assert one["data"]["stageInfo"]["path"] == "bound/"
    assert "bulk_upload_chunks" in several["message"]


def test_an_address_is_for_its_file_and_its_purpose_alone(door: Door) -> None:
    address = put_address(door)["address"]
    door.send("PUT", address, b"1")

    assert door.send("GET", address)[0] == 404
    assert door.send("PUT", f"{PATH}{'x' * 32}/a.csv", b"1")[0] == 403


def test_a_part_of_a_file_is_got(door: Door) -> None:
    door.send("PUT", put_address(door)["address"], b"0123456789")
    data = door.query(door.token(), "get @~/a.csv file:///x")["data"]
    address = data["presignedUrls"][0]
    path = address[address.index(PATH) :]

    assert data["src_locations"] == ["a.csv"]
    assert door.send("GET", path, Range="bytes=2-4") == (206, b"234")
    assert door.send("GET", path, Range="bytes=8-") == (206, b"89")
    assert door.send("GET", path, Range="bytes=10-") == (416, b"")
    assert door.send("GET", path) == (200, b"0123456789")


def encrypted(content: bytes, material: dict[str, Any]) -> tuple[bytes, str]:
    """Encrypt a file as the drivers do."""
    key, vector = bytes(range(16)), bytes(16)

    def padded(plain: bytes) -> bytes:
        padding = PKCS7(128).padder()
        return padding.update(plain) + padding.finalize()

    wrapping = Cipher(AES(base64.b64decode(material["queryStageMasterKey"])), ECB()).encryptor()
    wrapped = wrapping.update(padded(key)) + wrapping.finalize()
    ciphering = Cipher(AES(key), CBC(vector)).encryptor()
    described = {
        "WrappedContentKey": {"EncryptedKey": base64.b64encode(wrapped).decode()},
        "ContentEncryptionIV": base64.b64encode(vector).decode(),
    }
    return ciphering.update(padded(content)) + ciphering.finalize(), json.dumps(described)


def test_what_the_go_driver_encrypts_is_decrypted_as_it_arrives(door: Door) -> None:
    answer = put_address(door, CLIENT_APP_ID="Go")
    content, described = encrypted(b"1,x\n", answer["encryptionMaterial"])

    assert door.send("PUT", answer["address"], content, x_goog_meta_encryptiondata=described)[0] == 200
    assert door.send("PUT", answer["address"], content[:-1], x_goog_meta_encryptiondata=described)[0] == 403

    listed = door.query(door.token(), "list @~")["data"]["rowset"]
    assert [row[:2] for row in listed] == [["a.csv", "4"]]
    assert "encryptionMaterial" not in put_address(door, CLIENT_APP_ID="PythonConnector")


def test_an_address_ends(tmp_path: Path) -> None:
    now = 0.0
    transfers = FileTransfers("http://here", lambda: now)
    with open_aws() as aws:
        account = Account(tmp_path / "account", aws)
        where = StagePath(Name((account.shared.user,)), kind=Kind.USER)
        files = account.shared.stages.files(where)
        session = ClientSession("", "", account.connect(), {})
        url = transfers.answer_to(Transfer(PutFiles("/a.csv", where), files), session, "")["stageInfo"]["presignedUrl"]
        put = HttpRequest("PUT", url.removeprefix("http://here"), {}, b"1")  # pyright: ignore[reportArgumentType]
        assert transfers.respond(put).status == 200
        now = SIGNED_SECONDS
        assert transfers.respond(put).status == 403
        account.close()
