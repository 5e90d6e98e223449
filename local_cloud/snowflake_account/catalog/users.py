"""Users: their properties, and what proves that somebody is one.

A password is kept as a hash that takes time to try, a public key as it was given.
https://docs.snowflake.com/en/sql-reference/sql/create-user
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name

KEYS = ("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2")

_COST = {"n": 2**12, "r": 8, "p": 1}
_SALT_BYTES = 16


def with_hashed_password(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties with the hash of the password in the password's place."""
    password = properties.get("PASSWORD")
    if not isinstance(password, str):
        return dict(properties)
    salt = secrets.token_bytes(_SALT_BYTES)
    kept = [base64.b64encode(part).decode() for part in (salt, _hash(password, salt))]
    return {**properties, "PASSWORD": kept}


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(errors="surrogatepass"), salt=salt, **_COST)


def has_password(user: StoredObject, password: str) -> bool:
    """Tell whether this is a user's password; one without a password has none."""
    if not (kept := user.attributes.get("PASSWORD")):
        return False
    salt, hashed = map(base64.b64decode, kept)
    return hmac.compare_digest(_hash(password, salt), hashed)


def public_keys(user: StoredObject) -> list[str]:
    """Return a user's public keys, as bare base64."""
    return [str(key) for name in KEYS if (key := user.attributes.get(name))]


def find_user(catalog: Catalog, login_name: str) -> StoredObject | None:
    """Return the user with a login name, in which case does not matter; one who is disabled is not found."""
    wanted = login_name.upper()
    return next(
        (
            user
            for user in catalog.list(Kind.USER)
            if str(user.attributes.get("LOGIN_NAME") or user.name.last).upper() == wanted
            and not user.attributes.get("DISABLED")
        ),
        None,
    )


def default_role(user: StoredObject) -> Name | None:
    """Return the role that a user's sessions begin with, None where the user has none set."""
    given = user.attributes.get("DEFAULT_ROLE")
    return Name((str(given),)) if given else None


def has_all_secondary_roles(user: StoredObject) -> bool:
    """Tell whether a user's sessions begin with all other roles of the user as secondary ones, which is the default."""
    given = user.attributes.get("DEFAULT_SECONDARY_ROLES")
    return given is None or [str(role).upper() for role in given] == ["ALL"]
