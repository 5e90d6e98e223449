"""The users that `serve` is given: a TOML file with a table per user, and the SQL that makes them.

[ANALYST]
password = "…"               # or public_key = "analyst.pub", a PEM file; or both
roles = ["RETAIL_ANALYSTS"]  # made where they are not there; the first is the default one
warehouse = "REPORTING"      # the default one
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from local_cloud.errors import InputError
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.tokens import Tokens
from local_cloud.sql_door import SqlDoor

_KEYS = ("password", "public_key", "roles", "warehouse")


@dataclass(frozen=True)
class UserOfFile:
    """A user whom the file declares.

    Attributes:
        name: the user's name, as SQL.
        password: the password, None for one who has none.
        public_key: the public key as bare base64, None for one who has none.
        roles: the names of the user's roles, as SQL.
        warehouse: the name of the default warehouse, as SQL, None for none.
    """

    name: str
    password: str | None
    public_key: str | None
    roles: tuple[str, ...]
    warehouse: str | None

    def statements(self) -> list[str]:
        """Return the SQL that makes the user as the file says, whatever was there before."""
        properties = {
            "PASSWORD": _literal(self.password),
            "RSA_PUBLIC_KEY": _literal(self.public_key),
            "DEFAULT_ROLE": self.roles[0] if self.roles else None,
            "DEFAULT_WAREHOUSE": self.warehouse,
        }
        given = " ".join(f"{name} = {value}" for name, value in properties.items() if value is not None)
        return [
            *(f"CREATE ROLE IF NOT EXISTS {role}" for role in self.roles),
            f"CREATE OR REPLACE USER {self.name} {given}",
            *(f"GRANT ROLE {role} TO USER {self.name}" for role in self.roles),
        ]


def read_users_file(file: Path) -> list[UserOfFile]:
    """Read the users of a file.

    Raises:
        InputError: it cannot be read, or says something that no user can have.
    """
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"the users file {file} cannot be read: {error}") from error
    return [_user(file, name, given) for name, given in tables.items()]


def _user(file: Path, name: str, given: Any) -> UserOfFile:
    who = f"user {name} in {file}"
    if not isinstance(given, Mapping):
        raise InputError(f"{who} is no table: begin it with [{name}]")
    if unknown := sorted(given.keys() - set(_KEYS)):
        raise InputError(f"{who} has {unknown[0]!r}; a user has {', '.join(_KEYS)}")
    if not (given.get("password") or given.get("public_key")):
        raise InputError(f"{who} has neither password nor public_key: nobody could log in; give one")
    password, key, roles = given.get("password"), given.get("public_key"), given.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(text, str) for text in (*roles, password or "", key or "")):
        raise InputError(f"{who} has a value of the wrong kind: roles is a list of texts, everything else a text")
    warehouse = given.get("warehouse")
    return UserOfFile(
        _identifier(who, name),
        password,
        _public_key(who, file.parent / key) if key else None,
        tuple(_identifier(who, role) for role in roles),
        None if warehouse is None else _identifier(who, warehouse),
    )


def _identifier(who: str, text: Any) -> str:
    try:
        tokens = Tokens(str(text))
        name = tokens.name()
        tokens.expect_end()
    except SnowflakeError as error:
        raise InputError(f"{who}: {text!r} is no name of Snowflake's: quote what has other signs in it") from error
    if len(name.parts) != 1:
        raise InputError(f"{who}: {text!r} has a dot: users, roles and warehouses are in no database")
    return name.quoted


def _public_key(who: str, file: Path) -> str:
    try:
        key = load_pem_public_key(file.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise InputError(f"{who}: the public key {file} cannot be read as PEM: {error}") from error
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _literal(text: str | None) -> str | None:
    if text is None:
        return None
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def make_users(users: Sequence[UserOfFile], door: SqlDoor) -> None:
    """Make the users, and the roles that they need, at an account's door.

    Raises:
        InputError: the account refuses one.
    """
    for user in users:
        for statement in user.statements():
            try:
                door.execute(statement)
            except SnowflakeError as error:
                told = " ".join(error.message.split())
                raise InputError(f"user {user.name} of the users file: {told}") from error
