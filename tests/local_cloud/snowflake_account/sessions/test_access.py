"""What the sessions of users may do, see and make: Snowflake's rules, at the account's door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError
from local_cloud.snowflake_account.sessions.session import Session
from tests.local_cloud.snowflake_account.landing import open_aws

_SET_UP = """
    create database R; create schema R.RAW; create schema R.MART; create schema R.MANAGED with managed access;
    create warehouse W; create table R.RAW.T (A number); insert into R.RAW.T values (1), (2);
    create view R.MART.V as select count(*) as N from R.RAW.T;
    create table R.MANAGED.M (A number);
    create role ANALYST; create role LOADER; create role OWNING; create database role R.READER;
    create user ANNA password = 'a' default_role = ANALYST default_warehouse = W default_secondary_roles = ();
    create user LEO password = 'l' default_role = LOADER default_warehouse = W default_secondary_roles = ();
    grant role ANALYST to user ANNA; grant role LOADER to user LEO;
    grant usage on warehouse W to role ANALYST; grant usage on warehouse W to role LOADER;
    grant usage on schema R.MART to database role R.READER; grant select on view R.MART.V to database role R.READER
"""


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with open_aws() as aws:
        opened = Account(tmp_path_factory.mktemp("snowflake"), aws)
        for sql in _SET_UP.split(";"):
            opened.execute(sql)
        yield opened
        opened.close()


@pytest.fixture
def admin(account: Account) -> Session:
    """A session of the account's first user, who takes back nothing: tests grant what nobody else looks at."""
    return account.connect()


@pytest.fixture
def anna(account: Account) -> Session:
    return account.connect(user="ANNA")


@pytest.fixture
def leo(account: Account) -> Session:
    return account.connect(user="LEO")


def refusal(session: Session, sql: str) -> tuple[int, str]:
    with pytest.raises(SnowflakeError) as caught:
        session.execute(sql)
    return caught.value.code, caught.value.message.partition("\n")[2] or caught.value.message


def hidden(what: str) -> tuple[int, str]:
    return 2003, f"{what} does not exist or not authorized."


def names(session: Session, show: str) -> set[str]:
    return {row["name"] for row in session.execute(show).dicts()}


def test_without_a_grant_nothing_is_there(anna: Session) -> None:
    assert refusal(anna, "select * from R.RAW.T") == hidden("Object 'R.RAW.T'")
    assert refusal(anna, "select * from R.RAW.NONE") == hidden("Object 'R.RAW.NONE'")
    assert refusal(anna, "use schema R.RAW") == hidden("Schema 'R.RAW'")
    assert refusal(anna, "drop table R.RAW.T") == hidden("Table 'R.RAW.T'")
    assert refusal(anna, "drop table if exists R.RAW.T") == hidden("Table 'R.RAW.T'")
    assert refusal(anna, "describe table R.RAW.T") == hidden("Table 'R.RAW.T'")
    assert names(anna, "show databases") == set()
    assert names(anna, "show tables in account") == set()
    assert names(anna, "show users") == {"ANNA"}


def test_a_database_role_opens_the_view_and_nothing_else(admin: Session, anna: Session) -> None:
    admin.execute("grant database role R.READER to role ANALYST")
    try:
        assert anna.execute("select N from R.MART.V").rows == [(2,)]
        assert names(anna, "show schemas in database R") == {"MART"}
        assert names(anna, "show objects in database R") == {"V"}
        listed = anna.execute("select table_name from R.information_schema.tables").rows
        assert listed == [("V",)]
        assert refusal(anna, "select * from R.RAW.T") == hidden("Object 'R.RAW.T'")
        assert refusal(anna, "show tables in schema R.RAW") == hidden("Schema 'R.RAW'")
        assert refusal(anna, "drop view R.MART.V") == (3001, "Insufficient privileges to operate on view 'V'.")
        assert refusal(anna, "create view R.MART.W as select 1 as A")[0] == 3001
    finally:
        admin.execute("revoke database role R.READER from role ANALYST")
    assert refusal(anna, "select N from R.MART.V") == hidden("Object 'R.MART.V'")


def test_the_whole_path_needs_a_grant(admin: Session, leo: Session) -> None:
    admin.execute("grant insert on table R.RAW.T to role LOADER")
    assert refusal(leo, "insert into R.RAW.T values (3)") == hidden("Object 'R.RAW.T'")
    admin.execute("grant usage on schema R.RAW to role LOADER")
    assert refusal(leo, "insert into R.RAW.T values (3)") == hidden("Object 'R.RAW.T'")
    admin.execute("grant usage on database R to role LOADER")
    leo.execute("begin")
    leo.execute("insert into R.RAW.T values (3)")
    leo.execute("rollback")
    assert refusal(leo, "select * from R.RAW.T") == (3001, "Insufficient privileges to operate on table 'T'.")
    assert refusal(leo, "update R.RAW.T set A = 1")[0] == 3001
    assert refusal(leo, "insert into R.RAW.T select A from R.RAW.T")[0] == 3001
    assert names(leo, "show tables in schema R.RAW") == {"T"}


@pytest.mark.parametrize(
    ("sql", "privileges"),
    [
        ("update R.RAW.T set A = A where A < 0", "update"),
        ("delete from R.RAW.T where A < 0", "delete"),
        ("insert into R.RAW.T select 1 where false", "insert"),
        ("insert overwrite into R.RAW.T select 1", "insert, delete"),
        ("truncate table R.RAW.T", "truncate"),
        ("merge into R.RAW.T using (select 9 as A) s on T.A = s.A when matched then update set A = s.A", "update"),
        (
            "merge into R.RAW.T using (select 9 as A) s on T.A = s.A when matched then delete "
            "when not matched then insert values (s.A)",
            "delete, insert",
        ),
    ],
)
def test_a_change_needs_each_of_its_privileges(account: Account, sql: str, privileges: str) -> None:
    account.execute("create role if not exists CHANGER")
    account.execute("create or replace user CHRIS password = 'c' default_role = CHANGER default_warehouse = W")
    account.execute("grant role CHANGER to user CHRIS")
    for grant in (
        "usage on database R",
        "usage on schema R.RAW",
        "usage on warehouse W",
        "references on table R.RAW.T",
    ):
        account.execute(f"grant {grant} to role CHANGER")
    wanted = privileges.split(", ")
    session = account.connect(user="CHRIS")
    session.execute("alter session set autocommit = false")
    for missing in wanted:
        for privilege in wanted:
            word = "revoke" if privilege == missing else "grant"
            account.execute(f"{word} {privilege} on table R.RAW.T {'from' if word == 'revoke' else 'to'} role CHANGER")
        assert refusal(session, sql)[0] == 3001, missing
    account.execute(f"grant {privileges} on table R.RAW.T to role CHANGER")
    session.execute(sql)
    session.execute("rollback")
    account.execute(f"revoke {privileges} on table R.RAW.T from role CHANGER")


def test_what_a_role_makes_is_its_own(admin: Session, account: Account) -> None:
    for sql in (
        "create user OTTO password = 'o' default_role = OWNING default_warehouse = W default_secondary_roles = ()",
        "grant role OWNING to user OTTO",
        "grant usage on database R to role OWNING",
        "grant usage, create table, create view on schema R.RAW to role OWNING",
        "grant usage on warehouse W to role OWNING",
    ):
        admin.execute(sql)
    otto = account.connect(user="OTTO")
    otto.execute("create table R.RAW.MINE as select 7 as A")
    (row,) = otto.execute("show tables like 'MINE' in schema R.RAW").dicts()
    assert (row["owner"], row["owner_role_type"]) == ("OWNING", "ROLE")
    assert otto.execute("select A from R.RAW.MINE").rows == [(7,)]
    # no role is above the rules: ACCOUNTADMIN sees it, may grant it to itself, and cannot read it before
    assert refusal(admin, "select A from R.RAW.MINE") == (3001, "Insufficient privileges to operate on table 'MINE'.")
    admin.execute("grant role OWNING to role SYSADMIN")
    assert admin.execute("select A from R.RAW.MINE").rows == [(7,)]
    # a view has its owner's rights, and loses them with its owner
    assert refusal(otto, "create view R.RAW.SPY as select * from R.MANAGED.M") == hidden("Object 'R.MANAGED.M'")
    admin.execute("grant select on table R.RAW.T to role OWNING")
    otto.execute("create view R.RAW.WINDOW as select count(*) as N from R.RAW.T")
    assert otto.execute("select N from R.RAW.WINDOW").rows == [(2,)]
    admin.execute("revoke select on table R.RAW.T from role OWNING")
    assert "Failure during expansion of view 'WINDOW'" in refusal(otto, "select N from R.RAW.WINDOW")[1]
    # what a dropped role owned goes to the role that dropped it
    admin.execute("drop role OWNING")
    (row,) = admin.execute("show tables like 'MINE' in schema R.RAW").dicts()
    assert row["owner"] == "ACCOUNTADMIN"


def test_only_the_primary_role_makes_things_and_every_active_one_reads(admin: Session, account: Account) -> None:
    for sql in (
        "create role MAKER",
        "create role READS",
        "create user SAM password = 's' default_role = READS default_warehouse = W",
        "grant role MAKER to user SAM",
        "grant role READS to user SAM",
        "grant usage on warehouse W to role READS",
        "grant usage on database R to role MAKER",
        "grant usage, create table on schema R.RAW to role MAKER",
        "grant select on table R.RAW.T to role MAKER",
    ):
        admin.execute(sql)
    sam = account.connect(user="SAM")
    assert sam.execute("select count(*) from R.RAW.T").rows == [(2,)]
    code, told = refusal(sam, "create table R.RAW.SAMS (A number)")
    assert (code, told.splitlines()[0]) == (3001, "Insufficient privileges to operate on schema 'RAW'.")
    assert "Your primary role READS must have CREATE TABLE granted on SCHEMA R.RAW." in told
    sam.execute("use secondary roles none")
    assert refusal(sam, "select count(*) from R.RAW.T") == hidden("Object 'R.RAW.T'")
    sam.execute("use role MAKER")
    sam.execute("create table R.RAW.SAMS (A number)")
    assert refusal(sam, "use role ANALYST")[0] == 3013
    assert refusal(sam, "use secondary roles READS, ANALYST")[0] == 3013
    assert sam.execute("select current_role(), current_available_roles()").rows == [
        ("MAKER", '["MAKER", "PUBLIC", "READS"]')
    ]


def test_a_query_on_rows_runs_on_a_warehouse(admin: Session, account: Account) -> None:
    admin.execute("create user NILS password = 'n' default_role = PUBLIC default_secondary_roles = ()")
    for grant in ("usage on database R", "usage on schema R.MART", "select on view R.MART.V"):
        admin.execute(f"grant {grant} to role PUBLIC")
    nils = account.connect(user="NILS")
    try:
        assert refusal(nils, "select N from R.MART.V")[0] == 606
        assert nils.execute("select current_user(), 1").rows == [("NILS", 1)]
        assert refusal(nils, "use warehouse W") == hidden("Warehouse 'W'")
        admin.execute("grant usage on warehouse W to role PUBLIC")
        nils.execute("use warehouse W")
        assert nils.execute("select N from R.MART.V").rows == [(2,)]
    finally:
        for grant in ("usage on database R", "usage on schema R.MART", "usage on warehouse W"):
            admin.execute(f"revoke {grant} from role PUBLIC")


def test_a_schema_is_made_with_managed_access_by_whoever_may_make_it_and_gets_it_later_by_more(
    admin: Session, account: Account
) -> None:
    for sql in ("create role STEWARD", "grant create database on account to role STEWARD"):
        admin.execute(sql)
    admin.execute("grant role STEWARD to user LEO")
    steward = account.connect(user="LEO", role="STEWARD")
    for sql in ("create database MADE", "create schema MADE.A with managed access", "create schema MADE.B"):
        steward.execute(sql)
    with pytest.raises(SnowflakeError, match="Insufficient privileges"):
        steward.execute("alter schema MADE.B enable managed access")
    admin.execute("grant manage grants on account to role STEWARD")
    steward.execute("alter schema MADE.B enable managed access")
    schemas = steward.execute("show schemas like '_' in database MADE").dicts()
    assert {row["name"]: row["options"] for row in schemas} == dict.fromkeys("AB", "MANAGED ACCESS")


def test_grants_are_the_owners_to_make_and_in_a_managed_schema_its_owners(admin: Session, account: Account) -> None:
    for sql in (
        "create role HOLDER",
        "create user HANS password = 'h' default_role = HOLDER default_warehouse = W default_secondary_roles = ()",
        "grant role HOLDER to user HANS",
        "grant usage on database R to role HOLDER",
        "grant usage on schema R.MANAGED to role HOLDER",
        "grant usage on schema R.RAW to role HOLDER",
        "grant ownership on table R.MANAGED.M to role HOLDER",
        "create table R.RAW.HANSA (A number)",
        "grant select on table R.RAW.HANSA to role LOADER",
    ):
        admin.execute(sql)
    assert refusal(admin, "grant ownership on table R.RAW.HANSA to role HOLDER")[0] == 3036
    admin.execute("grant ownership on table R.RAW.HANSA to role HOLDER copy current grants")
    hans = account.connect(user="HANS")
    hans.execute("grant insert on table R.RAW.HANSA to role ANALYST with grant option")
    denied = (3102, "Grant not executed: Insufficient privileges.")
    assert refusal(hans, "grant select on table R.MANAGED.M to role ANALYST") == denied
    assert refusal(hans, "grant select on future tables in schema R.RAW to role ANALYST") == denied
    assert refusal(hans, "grant role LOADER to role HOLDER") == denied
    assert refusal(hans, "grant create database on account to role HOLDER") == denied
    assert refusal(hans, "revoke usage on schema R.RAW from role LOADER")[0] == 3102
    assert refusal(hans, "create role X")[0] == 3001
    assert refusal(hans, "create database X")[1].startswith("Insufficient privileges to operate on account")
    hans.execute("drop table R.MANAGED.M")


def test_the_built_in_roles_do_their_work_and_no_other(admin: Session) -> None:
    admin.execute("use role USERADMIN")
    admin.execute("create role FRESH")
    admin.execute("create user FRIDA password = 'f'")
    assert refusal(admin, "create database X")[0] == 3001
    assert refusal(admin, "grant create database on account to role FRESH")[0] == 3102
    admin.execute("use role SYSADMIN")
    admin.execute("create database FRESH_DB")
    assert refusal(admin, "grant usage on future schemas in database FRESH_DB to role FRESH")[0] == 3102
    assert (
        refusal(
            admin,
            "create storage integration I type = external_stage storage_provider = 'S3' "
            "storage_aws_role_arn = 'arn' storage_allowed_locations = ('s3://b/')",
        )[0]
        == 3001
    )
    admin.execute("use role SECURITYADMIN")
    admin.execute("grant usage on future schemas in database FRESH_DB to role FRESH")
    assert refusal(admin, "grant create warehouse on account to role FRESH")[0] == 3102
    assert refusal(admin, "grant role ACCOUNTADMIN to user FRIDA")[0] == 3102
    admin.execute("use role ACCOUNTADMIN")
    admin.execute("drop database FRESH_DB")


def test_a_user_may_change_defaults_of_his_own_and_no_password_is_shown(admin: Session, anna: Session) -> None:
    anna.execute("alter user ANNA set default_namespace = 'R.MART'")
    assert refusal(anna, "alter user ANNA set disabled = false") == hidden("User 'ANNA'")
    assert refusal(anna, "alter user LEO set default_role = ANALYST") == hidden("User 'LEO'")
    shown = {row["property"]: row["value"] for row in anna.execute("describe user ANNA").dicts()}
    assert (shown["DEFAULT_NAMESPACE"], shown["PASSWORD"]) == ("R.MART", "********")
    (row,) = admin.execute("show users like 'ANNA'").dicts()
    assert (row["has_password"], row["default_role"], row["default_secondary_roles"]) == (True, "ANALYST", "[]")
    assert "'a'" not in str(admin.execute("show users").rows)


def test_a_login_takes_the_users_own_role_or_another_of_the_users(account: Account) -> None:
    with pytest.raises(SnowflakeError, match="Role 'LOADER' specified in the connect string is not granted"):
        account.connect(user="ANNA", role="LOADER")
    with pytest.raises(SnowflakeError, match="Role 'NONE' specified in the connect string does not exist"):
        account.connect(user="ANNA", role="NONE")
    with pytest.raises(SnowflakeError, match="User 'NOBODY'"):
        account.connect(user="NOBODY")
    assert account.connect(user="ANNA", role="PUBLIC").context.role == "PUBLIC"
    assert account.connect(user="ANNA").context.warehouse == "W"
