"""Who is let in, and how long what they were given holds."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
import snowflake.connector
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from snowflake.connector.auth import AuthByKeyPair

from local_cloud.endpoints.snowflake import SnowflakeEndpoint
from local_cloud.endpoints.snowflake.client_sessions import MASTER_SECONDS, TOKEN_SECONDS, ClientSessions
from local_cloud.endpoints.snowflake.logins import Logins
from local_cloud.endpoints.snowflake.replies import ApiError
from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.catalog.parameters import SESSION
from tests.local_cloud.endpoints.snowflake.driver import PASSWORD, USER, Door, connect, fetched
from tests.local_cloud.snowflake_account.landing import open_aws

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: rsa.RSAPrivateKey) -> str:
    """Return the public half of a key as CREATE USER takes it: bare base64."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def der(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def test_any_name_of_an_account_will_do_and_a_users_name_in_any_case(endpoint: SnowflakeEndpoint) -> None:
    with connect(endpoint, account="whatever", user=USER.lower()) as connection:
        assert fetched(connection, "select 1") == [(1,)]


@pytest.mark.parametrize(
    ("user", "password"),
    [(USER, "wrong"), (USER, ""), ("NOBODY", PASSWORD), ("", ""), (USER, "correct horse "), (USER, "\ud800")],
    ids=["wrong password", "no password", "wrong user", "nothing", "nearly", "half a surrogate pair"],
)
def test_wrong_credentials_are_refused_with_snowflakes_code(door: Door, user: str, password: str) -> None:
    answer = door.log_in(user, password)

    assert (answer["success"], answer["code"]) == (False, "390100")
    assert answer["message"] == "Incorrect username or password was specified."


def test_the_connector_reports_a_wrong_password_as_its_error(endpoint: SnowflakeEndpoint) -> None:
    with pytest.raises(snowflake.connector.DatabaseError, match="Incorrect username or password") as refused:
        connect(endpoint, password="wrong")

    assert refused.value.errno == 390100


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    """An account whose first user has a key, and with a user and a role beside."""
    with open_aws() as aws:
        opened = Account(tmp_path / "account", aws)
        for sql in (
            f"alter user LOCAL set rsa_public_key = '{public(KEY)}'",
            "create role READER",
            "create user ANNA password = 'it''s \\\\ secret' login_name = 'anna@x.org' default_role = READER",
            "grant role READER to user ANNA",
            "create user NOBODY",
        ):
            opened.execute(sql)
        yield opened
        opened.close()


@pytest.fixture
def logins(account: Account) -> Logins:
    return Logins(account, USER, PASSWORD)


def test_key_pairs_log_their_users_in_and_no_other_key_does(endpoint: SnowflakeEndpoint) -> None:
    pair = {"password": None, "authenticator": "SNOWFLAKE_JWT"}
    with connect(endpoint) as connection:
        for sql in (
            f"alter user LOCAL set rsa_public_key = '{public(KEY)}'",
            f"create user SVC type = service rsa_public_key_2 = '{public(OTHER_KEY)}' default_role = PUBLIC",
        ):
            connection.cursor().execute(sql)
    with connect(endpoint, private_key=der(KEY), **pair) as connection:
        assert fetched(connection, "select current_user(), current_role()") == [("LOCAL", "ACCOUNTADMIN")]
    with connect(endpoint, user="svc", private_key=der(OTHER_KEY), **pair) as connection:
        assert fetched(connection, "select current_user(), current_role()") == [("SVC", "PUBLIC")]

    with pytest.raises(snowflake.connector.DatabaseError, match="JWT token is invalid") as refused:
        connect(endpoint, private_key=der(OTHER_KEY), **pair)
    assert refused.value.errno == 390144


@pytest.mark.parametrize(
    "change",
    [
        {"sub": "ACC.SOMEBODY", "iss": "ACC.SOMEBODY.SHA256:x"},
        {"iss": "ACC.LOADER.SHA256:x"},
        {"exp": 1_000},
        {"exp": 1_000_000_000_000},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 99_999_999_999},
    ],
    ids=[
        "another user",
        "another key's fingerprint",
        "expired",
        "expired, in milliseconds",
        "for ever",
        "no number",
        "to come",
    ],
)
def test_a_token_that_claims_something_else_is_refused(logins: Logins, change: dict[str, object]) -> None:
    good = AuthByKeyPair(private_key=der(KEY))
    claims = jwt.decode(good.prepare(account="ACC", user=USER), options={"verify_signature": False})
    assert logins.check(
        {"LOGIN_NAME": USER, "AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": jwt.encode(claims, KEY, "RS256")}
    )
    changed = {name: value for name, value in (claims | change).items() if value is not None}

    with pytest.raises(ApiError, match="JWT token is invalid"):
        logins.check({"LOGIN_NAME": USER, "AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": jwt.encode(changed, KEY, "RS256")})


def test_a_token_may_have_its_times_in_milliseconds(logins: Logins) -> None:
    good = AuthByKeyPair(private_key=der(KEY))
    claims = jwt.decode(good.prepare(account="ACC", user=USER), options={"verify_signature": False})
    times = {name: int(claims[name]) * 1000 for name in ("iat", "exp")}

    token = jwt.encode(claims | times, KEY, "RS256")

    assert logins.check({"LOGIN_NAME": USER, "AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": token}) == "LOCAL"


def test_a_token_says_itself_whose_it_is_where_the_login_does_not(account: Account, logins: Logins) -> None:
    account.execute(f"alter user ANNA set rsa_public_key = '{public(OTHER_KEY)}'")
    tokens = [
        AuthByKeyPair(private_key=der(key)).prepare(account="ACC", user=user)
        for key, user in ((KEY, USER), (OTHER_KEY, "anna@x.org"))
    ]

    assert [logins.check({"AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": token}) for token in tokens] == ["LOCAL", "ANNA"]
    for token in ("", "no token", f"{tokens[0]}x", jwt.encode({"sub": "ACC"}, "secret" * 8)):
        with pytest.raises(ApiError, match="JWT token is invalid"):
            logins.check({"AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": token})


def test_users_of_the_account_log_in_by_their_login_names(account: Account, logins: Logins) -> None:
    right = {"LOGIN_NAME": "Anna@X.org", "PASSWORD": "it's \\ secret"}
    assert logins.check(right) == "ANNA"
    wrong = [
        {"LOGIN_NAME": "ANNA", "PASSWORD": "it's \\ secret"},
        {"LOGIN_NAME": "anna@x.org", "PASSWORD": "it's secret"},
        {"LOGIN_NAME": "anna@x.org", "PASSWORD": PASSWORD},
        {"LOGIN_NAME": "NOBODY", "PASSWORD": ""},
        {"LOGIN_NAME": "LOCAL", "PASSWORD": PASSWORD},
    ]
    account.execute("alter user ANNA set disabled = true")
    for login in (right, *wrong):
        with pytest.raises(ApiError, match="Incorrect username or password"):
            logins.check(login)


def test_a_role_that_the_user_does_not_have_ends_the_login(endpoint: SnowflakeEndpoint) -> None:
    with connect(endpoint) as connection:
        connection.cursor().execute("create role HERS")
        connection.cursor().execute("create user ANNA password = 'a' default_role = PUBLIC")
    with pytest.raises(snowflake.connector.DatabaseError, match="Role 'HERS' specified in the connect string is not"):
        connect(endpoint, user="ANNA", password="a", role="HERS")
    with connect(endpoint, user="ANNA", password="a") as connection:
        assert (connection.role, fetched(connection, "select current_user()")) == ("PUBLIC", [("ANNA",)])


def test_a_way_to_log_in_that_is_not_there_is_refused_by_name(door: Door) -> None:
    assert "OAUTH" in door.log_in(AUTHENTICATOR="OAUTH", TOKEN="t")["message"]


def test_an_endpoint_without_a_password_is_not_made(account: Account) -> None:
    with pytest.raises(ValueError, match="password is empty"):
        Logins(account, USER, "")


def test_a_statement_without_a_session_is_refused(door: Door) -> None:
    assert door.ask("POST", "/queries/v1/query-request", {"sqlText": "select 1"})["code"] == "390103"
    assert door.query("made up", "select 1")["code"] == "390111"


def test_a_session_that_was_left_answers_nothing_more(door: Door) -> None:
    token = door.token()
    assert door.query(token, "select 1")["success"]

    assert door.ask("POST", "/session?delete=true", {}, token)["success"]

    assert door.query(token, "select 1")["code"] == "390111"


def test_a_renewed_session_has_new_tokens_and_the_old_ones_are_void(door: Door) -> None:
    data = door.log_in()["data"]

    renewed = door.ask("POST", "/session/token-request", {"requestType": "RENEW"}, data["masterToken"])["data"]

    assert door.query(renewed["sessionToken"], "select 1")["success"]
    assert not door.query(data["token"], "select 1")["success"]
    assert not door.ask("POST", "/session/token-request", {}, data["masterToken"])["success"]


def test_tokens_end_and_heartbeats_keep_a_session_renewable() -> None:
    now = [0.0]
    sessions = ClientSessions(clock=lambda: now[0])
    session = sessions.open(USER, "PythonConnector", None, {})  # pyright: ignore[reportArgumentType]  # not used here
    header = f'Snowflake Token="{session.token}"'
    now[0] = TOKEN_SECONDS - 1
    assert sessions.of(header) is session

    now[0] = TOKEN_SECONDS
    with pytest.raises(ApiError) as expired:
        sessions.of(header)
    assert expired.value.code == "390112"

    sessions.keep_alive(session)
    now[0] += MASTER_SECONDS - 1
    assert sessions.renew(f'Snowflake Token="{session.master_token}"') is session
    now[0] += MASTER_SECONDS
    with pytest.raises(ApiError) as silent:
        sessions.renew(f'Snowflake Token="{session.master_token}"')
    assert silent.value.code == "390114"
    assert sessions.silent() == [session]


def test_the_connector_renews_a_session_whose_token_has_ended(
    endpoint: SnowflakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_cloud.endpoints.snowflake.client_sessions.TOKEN_SECONDS", -1)
    connection = connect(endpoint)
    monkeypatch.undo()

    assert fetched(connection, "select 1") == [(1,)]
    connection.close()


def test_session_parameters_of_a_login_hold_and_impossible_ones_are_refused_by_name(
    endpoint: SnowflakeEndpoint,
) -> None:
    parameters = {"AUTOCOMMIT": False, "QUERY_TAG": "nightly", "CLIENT_SESSION_KEEP_ALIVE": True, "UNHEARD_OF": 1}
    with connect(endpoint, session_parameters=parameters) as connection:
        shown = dict(row[:2] for row in fetched(connection, "show parameters in session"))
    assert (shown["AUTOCOMMIT"], shown["QUERY_TAG"]) == ("false", "nightly")

    with pytest.raises(snowflake.connector.DatabaseError, match="WEEK_START"):
        connect(endpoint, session_parameters={"WEEK_START": 1})


@pytest.mark.parametrize("value", [False, "false", "FALSE", "False", "off", "no", "0", 0, " f "], ids=repr)
def test_a_truth_is_taken_in_every_form_in_which_drivers_send_it(door: Door, value: object) -> None:
    token = door.log_in(SESSION_PARAMETERS={"autocommit": value, "USE_CACHED_RESULT": value})["data"]["token"]

    shown = dict(row[:2] for row in door.query(token, "show parameters in session")["data"]["rowset"])

    assert (shown["AUTOCOMMIT"], shown["USE_CACHED_RESULT"]) == ("false", "false")


@pytest.mark.parametrize("form", [str, str.upper, str.title, lambda text: f" {text} "], ids=["", "AB", "Ab", " a "])
def test_every_session_parameter_is_taken_as_text(door: Door, form: Callable[[str], str]) -> None:
    told = {name: form(value) if value in ("true", "false") else value for name, value in SESSION.items()}

    answer = door.log_in(SESSION_PARAMETERS=told)

    assert answer["success"], answer["message"]
    shown = door.query(answer["data"]["token"], "show parameters in session")["data"]["rowset"]
    assert {row[0]: row[1] for row in shown} == SESSION


READ_BY_DRIVERS = """
    AUTOCOMMIT BINARY_OUTPUT_FORMAT CLIENT_DISABLE_INCIDENTS CLIENT_HONOR_CLIENT_TZ_FOR_TIMESTAMP_NTZ
    CLIENT_MEMORY_LIMIT CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX CLIENT_METADATA_USE_SESSION_DATABASE
    CLIENT_PREFETCH_THREADS CLIENT_RESULT_CHUNK_SIZE CLIENT_RESULT_COLUMN_CASE_INSENSITIVE
    CLIENT_SESSION_KEEP_ALIVE CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY CLIENT_STAGE_ARRAY_BINDING_THRESHOLD
    CLIENT_TELEMETRY_ENABLED CLIENT_TIMESTAMP_TYPE_MAPPING DATE_OUTPUT_FORMAT QUERY_CONTEXT_CACHE_SIZE SERVICE_NAME
    TIMESTAMP_LTZ_OUTPUT_FORMAT TIMESTAMP_NTZ_OUTPUT_FORMAT TIMESTAMP_OUTPUT_FORMAT TIMESTAMP_TZ_OUTPUT_FORMAT
    TIMEZONE TIME_OUTPUT_FORMAT
"""


def test_every_answer_tells_all_parameters_that_drivers_read_in_json_types_and_as_they_are_now(door: Door) -> None:
    login = door.log_in(SESSION_PARAMETERS={"CLIENT_PREFETCH_THREADS": "2", "CLIENT_SESSION_KEEP_ALIVE": "true"})
    token = login["data"]["token"]
    altered = door.query(token, "alter session set CLIENT_RESULT_CHUNK_SIZE = 48, AUTOCOMMIT = false")
    later = door.query(token, "select 1")

    first, second, third = (
        {told["name"]: told["value"] for told in answer["data"]["parameters"]} for answer in (login, altered, later)
    )
    assert set(READ_BY_DRIVERS.split()) <= first.keys()
    expected: dict[str, object] = {
        "BINARY_OUTPUT_FORMAT": "HEX",
        "CLIENT_MEMORY_LIMIT": 1536,
        "CLIENT_PREFETCH_THREADS": 2,
        "CLIENT_RESULT_CHUNK_SIZE": 160,
        "CLIENT_SESSION_KEEP_ALIVE": True,
        "AUTOCOMMIT": True,
    }
    assert {name: first[name] for name in expected} == expected
    assert second == third == first | {"CLIENT_RESULT_CHUNK_SIZE": 48, "AUTOCOMMIT": False}


def test_a_client_that_says_what_it_was_told_comes_in_again(door: Door) -> None:
    """As gosnowflake's pool does: all that the first login answered, as text, for the second."""
    told = {parameter["name"]: parameter["value"] for parameter in door.log_in()["data"]["parameters"]}

    for form in (str, lambda value: value, lambda value: str(value).lower()):
        assert door.log_in(SESSION_PARAMETERS={name: form(value) for name, value in told.items()})["success"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("AUTOCOMMIT", "maybe"), ("ROWS_PER_RESULTSET", "many"), ("TIMEZONE", "Nowhere/At_all"), ("LOCK_TIMEOUT", "1.5")],
)
def test_a_value_that_is_none_of_its_parameters_type_is_refused_with_both_names(
    door: Door, name: str, value: str
) -> None:
    answer = door.log_in(SESSION_PARAMETERS={name: value})

    assert (answer["success"], answer["code"]) == (False, "001008")
    assert answer["message"] == f"SQL compilation error:\ninvalid value [{value}] for parameter '{name}'"


def test_a_login_begins_where_it_asks_to(endpoint: SnowflakeEndpoint) -> None:
    with connect(endpoint) as connection:
        for sql in ("create database SHOP", 'create schema SHOP."lower"', "create warehouse W", "create role READER"):
            connection.cursor().execute(sql)
        for grant in ("usage on database SHOP", 'usage on schema SHOP."lower"', "usage on warehouse W"):
            connection.cursor().execute(f"grant {grant} to role READER")
        connection.cursor().execute("grant role READER to user LOCAL")

    place = {"database": "shop", "schema": '"lower"', "warehouse": "W", "role": "reader"}
    with connect(endpoint, **place) as connection:
        assert (connection.database, connection.schema, connection.warehouse) == ("SHOP", "lower", "W")
        assert fetched(connection, "select current_role()") == [("READER",)]


def test_sessions_that_nobody_has_renewed_end_when_the_next_one_begins(
    endpoint: SnowflakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(endpoint)
    monkeypatch.setattr("local_cloud.endpoints.snowflake.client_sessions.MASTER_SECONDS", -1)
    forgotten = door.token()
    monkeypatch.undo()

    assert door.log_in()["success"]

    assert door.query(forgotten, "select 1")["code"] == "390111"


def test_a_heartbeat_is_answered(door: Door) -> None:
    assert door.ask("POST", "/session/heartbeat", {}, door.token())["success"]
