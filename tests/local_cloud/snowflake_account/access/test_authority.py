"""Whether roles may do something: the same as a plain model of the rules says, whatever was granted in what order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path as FilePath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_cloud.snowflake_account.access.authority import Authority
from local_cloud.snowflake_account.access.grant_rules import check_grant
from local_cloud.snowflake_account.access.needs import Need
from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.session_context import ActiveRoles
from local_cloud.snowflake_account.language.statements import Grantee, GrantPrivileges, GrantRole
from local_cloud.snowflake_account.language.tokens import Name
from tests.local_cloud.snowflake_account.access.rules_of_access import Path, Rules

ACCOUNT_ROLES = ("A", "B", "C", "PUBLIC", "SYSADMIN", "SECURITYADMIN")
DATABASE_ROLES = ("D.X", "D.Y")
ROLES = (*ACCOUNT_ROLES, *DATABASE_ROLES)
SCHEMAS: tuple[Path, ...] = (("D", "S"), ("D", "M"))
TABLES: tuple[Path, ...] = (("D", "S", "T"), ("D", "M", "U"))
PATHS: tuple[Path, ...] = (("D",), *SCHEMAS, *TABLES)
PRIVILEGES = {1: ("USAGE", "MONITOR"), 2: ("USAGE", "MODIFY"), 3: ("SELECT", "INSERT")}
KINDS = {1: Kind.DATABASE, 2: Kind.SCHEMA, 3: Kind.TABLE}

_CYCLE = [("A", "B"), ("B", "A")]


def role_name(role: str) -> Name:
    return Name(tuple(role.split(".")))


def grantee(role: str) -> Grantee:
    return Grantee("DATABASE ROLE" if "." in role else "ROLE", role_name(role))


def pairs_of_roles() -> st.SearchStrategy[tuple[str, str]]:
    """Which role is granted to which; no account role to a database role."""
    all_pairs = [
        (inner, outer)
        for inner, outer in itertools.product(ROLES, ROLES)
        if inner != outer and "SYSADMIN" not in inner and not ("." in outer and "." not in inner)
        if inner not in ("PUBLIC", "SECURITYADMIN")
    ]
    return st.sampled_from(all_pairs)


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, ...]:
    what = draw(st.sampled_from(["grant", "grant", "grant", "role", "role", "own", "future", "revoke", "take back"]))
    if what in ("role", "take back"):
        return (what, *draw(pairs_of_roles()))
    role = draw(st.sampled_from(ROLES))
    if what == "future":
        return (what, role, draw(st.sampled_from(PRIVILEGES[3])), ".".join(draw(st.sampled_from(PATHS[:3]))))
    path = draw(st.sampled_from(PATHS))
    return (what, role, draw(st.sampled_from(PRIVILEGES[len(path)])), ".".join(path))


class World:
    """The account's own rules and the model, told the same."""

    def __init__(self, folder: FilePath) -> None:
        self.catalog = Catalog(folder / "catalog.sqlite")
        self.grants = Grants(self.catalog, "LOCAL")
        self.authority = Authority(self.catalog, self.grants)
        self.rules = Rules(managed={("D", "M")}, managers={"SECURITYADMIN"})
        with self.catalog.transaction():
            for role in ("A", "B", "C"):
                self.catalog.add(Kind.ROLE, Name((role,)), {})
            for path in PATHS[:3]:
                attributes = {"MANAGED_ACCESS": True} if path in self.rules.managed else {}
                self.catalog.add(KINDS[len(path)], Name(path), attributes, Name(("A",)))
                self.rules.owner[path] = "A"
            for role in DATABASE_ROLES:
                self.catalog.add(Kind.DATABASE_ROLE, role_name(role), {})
            for path in TABLES:
                self.create(path, "B")

    def create(self, path: Path, owner: str) -> None:
        self.grants.grant_future(self.catalog.add(Kind.TABLE, Name(path), {}, Name((owner,))))
        self.rules.create(path, owner)

    def do(self, step: tuple[str, ...]) -> None:
        what, *rest = step
        rules = self.rules
        if what in ("role", "take back"):
            inner, outer = rest
            kind = Kind.DATABASE_ROLE if "." in inner else Kind.ROLE
            self.grants.change_membership(GrantRole(kind, role_name(inner), grantee(outer), what == "take back"))
            (rules.member.discard if what == "take back" else rules.member.add)((inner, outer))
            return
        role, privilege, where = rest
        path = tuple(where.split("."))
        if what == "own":
            statement = GrantPrivileges(
                ("OWNERSHIP",), KINDS[len(path)], Name(path), grantee(role), current_grants="COPY"
            )
            rules.owner[path] = role
        elif what == "future":
            container = "DATABASE" if len(path) == 1 else "SCHEMA"
            statement = GrantPrivileges(
                (privilege,), Kind.TABLE, Name(path), grantee(role), container=container, future=True
            )
            rules.future.add((role, privilege, path))
        else:
            revokes = what == "revoke"
            statement = GrantPrivileges((privilege,), KINDS[len(path)], Name(path), grantee(role), revoke=revokes)
            (rules.granted.discard if revokes else rules.granted.add)((role, privilege, path))
        self.grants.change(statement)


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FilePath]:
    return (tmp_path_factory.mktemp("catalog") for _ in itertools.count())


roles_at_work = st.tuples(st.sampled_from(ACCOUNT_ROLES), st.frozensets(st.sampled_from(ACCOUNT_ROLES), max_size=2))


@given(done=st.lists(steps(), max_size=25), late=st.booleans(), active=st.lists(roles_at_work, min_size=3, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_question_has_the_answer_of_the_plain_rules(
    catalogs: Iterator[FilePath],
    done: list[tuple[str, ...]],
    late: bool,
    active: list[tuple[str, frozenset[str]]],
) -> None:
    world = World(next(catalogs))
    paths = list(PATHS)
    for step in done:
        world.do(step)
    if late:
        paths += [("D", "S", "LATE"), ("D", "M", "LATE")]
        for path in paths[-2:]:
            world.create(path, "C")
    for primary, secondary in active:
        at_work = ActiveRoles(Name((primary,)), frozenset(map(role_name, secondary)))
        every = {primary, *secondary}
        for path in paths:
            kind, name = KINDS[len(path)], Name(path)
            for privilege in PRIVILEGES[len(path)]:
                told = (done, primary, secondary, privilege, path)
                assert world.authority.has(Need((privilege,), kind, name), at_work) == world.rules.may(
                    every, privilege, path
                ), told
                made = Need((privilege,), kind, name, primary=True)
                assert world.authority.has(made, at_work) == world.rules.may({primary}, privilege, path), told
            stored = world.catalog.get(kind, name)
            assert world.authority.sees(stored, at_work.every) == world.rules.sees(every, path), (done, every, path)
            assert _grants(world, at_work, kind, name) == world.rules.may_grant(every, path), (done, every, path)
    world.catalog.close()


def _grants(world: World, active: ActiveRoles, kind: Kind, name: Name) -> bool:
    privilege = PRIVILEGES[len(name.parts)][0]
    try:
        check_grant(GrantPrivileges((privilege,), kind, name, grantee("C")), active, world.authority)
    except SnowflakeError:
        return False
    return True


def test_what_is_remembered_ends_with_the_next_change(tmp_path: FilePath) -> None:
    world = World(tmp_path)
    reads = Need(("SELECT",), Kind.TABLE, Name(("D", "S", "T")))
    as_c = ActiveRoles(Name(("C",)))
    for step in (("grant", "C", "USAGE", "D"), ("grant", "C", "USAGE", "D.S")):
        world.do(step)
    assert not world.authority.has(reads, as_c)
    world.do(("grant", "C", "SELECT", "D.S.T"))
    assert world.authority.has(reads, as_c)
    world.do(("revoke", "C", "SELECT", "D.S.T"))
    assert not world.authority.has(reads, as_c)


def test_roles_in_a_circle_have_each_others_privileges(tmp_path: FilePath) -> None:
    world = World(tmp_path)
    for inner, outer in _CYCLE:
        world.do(("role", inner, outer))
    assert world.authority.inherited([Name(("A",))]) == {Name(("A",)), Name(("B",)), Name(("PUBLIC",))}


@pytest.mark.parametrize(
    ("role", "privilege", "allowed"),
    [
        ("ACCOUNTADMIN", "CREATE INTEGRATION", True),
        ("ACCOUNTADMIN", "MANAGE GRANTS", True),
        ("SYSADMIN", "CREATE DATABASE", True),
        ("SYSADMIN", "CREATE WAREHOUSE", True),
        ("SYSADMIN", "CREATE ROLE", False),
        ("SYSADMIN", "CREATE INTEGRATION", False),
        ("SECURITYADMIN", "MANAGE GRANTS", True),
        ("SECURITYADMIN", "CREATE ROLE", True),
        ("SECURITYADMIN", "CREATE DATABASE", False),
        ("USERADMIN", "CREATE USER", True),
        ("USERADMIN", "MANAGE GRANTS", False),
        ("PUBLIC", "CREATE DATABASE", False),
        ("A", "CREATE ROLE", False),
    ],
)
def test_the_built_in_roles_have_what_is_documented(
    tmp_path: FilePath, role: str, privilege: str, allowed: bool
) -> None:
    world = World(tmp_path)
    assert world.authority.has(Need((privilege,)), ActiveRoles(Name((role,)))) is allowed


def test_accountadmin_is_above_no_rule(tmp_path: FilePath) -> None:
    """It sees what a role owns that nobody granted to it, and may grant it, and still not read it."""
    world = World(tmp_path)
    administrator = ActiveRoles(Name(("ACCOUNTADMIN",)))
    table = world.catalog.get(Kind.TABLE, Name(("D", "S", "T")))
    assert world.authority.sees(table, administrator.every)
    assert not world.authority.has(Need(("SELECT",), Kind.TABLE, table.name), administrator)
    world.do(("role", "B", "SYSADMIN"))
    world.do(("role", "A", "SYSADMIN"))
    assert world.authority.has(Need(("SELECT",), Kind.TABLE, table.name), administrator)
