"""Who may come in: a password, or a token signed with a key whose public half the account knows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from local_cloud.endpoints.snowflake.replies import ApiError
from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.catalog.users import find_user, has_password, public_keys

ALGORITHMS = ["RS256", "ES256", "ES384", "ES512"]
"""What the drivers sign with: https://docs.snowflake.com/en/user-guide/key-pair-auth"""

LEEWAY_SECONDS = 60
"""How far the clocks of a client and of this machine may be apart."""

_OPTIONS: Any = {"require": ["exp", "iat", "iss", "sub"], "verify_exp": False, "verify_iat": False}
_LATEST_SECONDS = 10**11


class Logins:
    """The users that may log in: the account's, and its first one under a name and password of the endpoint's.

    Args:
        account: the account with its users.
        user: what the endpoint calls the account's first user.
        password: that user's password.

    Raises:
        ValueError: the password is empty.
    """

    def __init__(self, account: Account, user: str, password: str) -> None:
        if not password:
            raise ValueError("the Snowflake endpoint's password is empty: give one of at least one character")
        self._account = account
        self._user = user.upper()
        self._password = password.encode()

    def check(self, login: Mapping[str, Any]) -> str:
        """Return the name that the account has for the user that a login request proves to be.

        Raises:
            ApiError: it proves nothing.
        """
        name = str(login.get("LOGIN_NAME") or _subject(str(login.get("TOKEN") or ""))).upper()
        user = find_user(self._account.shared.catalog, self._account.shared.user if name == self._user else name)
        authenticator = str(login.get("AUTHENTICATOR") or "SNOWFLAKE").upper()
        if authenticator == "SNOWFLAKE_JWT":
            token = str(login.get("TOKEN") or "")
            if user is None or not any(_signed(key, token, name) for key in public_keys(user)):
                raise ApiError("390144", "JWT token is invalid.")
            return user.name.last
        if authenticator not in ("SNOWFLAKE", "USERNAME_PASSWORD_MFA"):
            raise ApiError("000002", f"Unsupported feature 'authenticator {authenticator[:80]}'.")
        if user is None or not self._has_password(name, user, str(login.get("PASSWORD") or "")):
            raise ApiError("390100", "Incorrect username or password was specified.")
        return user.name.last

    def _has_password(self, name: str, user: StoredObject, password: str) -> bool:
        given = password.encode(errors="surrogatepass")
        if name == self._user and hmac.compare_digest(given, self._password):
            return True
        return has_password(user, password)


def _signed(public_key: str, token: str, name: str) -> bool:
    """Tell whether a key signed a token that says, for now, that its bearer is this user."""
    try:
        der = base64.b64decode("".join(public_key.split()))
        key: Any = load_der_public_key(der)
        claims = jwt.decode(token, key, ALGORITHMS, options=_OPTIONS)
        begins, ends = _seconds(claims["iat"]), _seconds(claims["exp"])
    except (jwt.PyJWTError, TypeError, ValueError, UnsupportedAlgorithm):
        return False
    fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()
    subject, issuer = str(claims["sub"]), str(claims["iss"])
    holds = begins - LEEWAY_SECONDS <= time.time() < ends + LEEWAY_SECONDS
    return holds and subject.upper().endswith(f".{name}") and issuer == f"{subject}.{fingerprint}"


def _subject(token: str) -> str:
    """Return the user that a token says to be of, whether or not it proves that: Go's driver sends no other name."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return ""
    return str(claims.get("sub", "")).partition(".")[2]


def _seconds(moment: Any) -> float:
    """Return a time of a token in seconds; Node's driver gives milliseconds, which would be far in the future."""
    return float(moment) / 1000 if float(moment) > _LATEST_SECONDS else float(moment)
