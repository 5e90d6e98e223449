"""Who may come in: a password, or a token signed with a key whose public half the endpoint knows."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from local_cloud.endpoints.snowflake.replies import ApiError

ALGORITHMS = ["RS256", "ES256", "ES384", "ES512"]
"""What the drivers sign with: https://docs.snowflake.com/en/user-guide/key-pair-auth"""


class Logins:
    """The users that may log in.

    Args:
        user: the name of the user with the password.
        password: the password.
        public_keys: PEM public keys of users who may log in with a key pair, by user name.

    Raises:
        ValueError: the password is empty, or a key is no PEM public key.
    """

    def __init__(self, user: str, password: str, public_keys: Mapping[str, str]) -> None:
        if not password:
            raise ValueError("the Snowflake endpoint's password is empty: give one of at least one character")
        self._user = user.upper()
        self._password = password.encode()
        self._keys = {name.upper(): _PublicKey(name, pem) for name, pem in public_keys.items()}

    def check(self, login: Mapping[str, Any]) -> str:
        """Return the name of the user that a login request proves to be.

        Raises:
            ApiError: it proves nothing.
        """
        user = str(login.get("LOGIN_NAME") or "").upper()
        authenticator = str(login.get("AUTHENTICATOR") or "SNOWFLAKE").upper()
        if authenticator == "SNOWFLAKE_JWT":
            return self._check_token(user, str(login.get("TOKEN") or ""))
        if authenticator not in ("SNOWFLAKE", "USERNAME_PASSWORD_MFA"):
            raise ApiError("000002", f"Unsupported feature 'authenticator {authenticator[:80]}'.")
        password = str(login.get("PASSWORD") or "").encode(errors="surrogatepass")
        matches = hmac.compare_digest(password, self._password)
        if user != self._user or not matches:
            raise ApiError("390100", "Incorrect username or password was specified.")
        return user

    def _check_token(self, user: str, token: str) -> str:
        if (key := self._keys.get(user)) is None or not key.signed(token, user):
            raise ApiError("390144", "JWT token is invalid.")
        return user


class _PublicKey:
    """A user's public key."""

    def __init__(self, user: str, pem: str) -> None:
        try:
            self._key: Any = load_pem_public_key(pem.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise ValueError(f"the public key of {user} is no PEM public key: {error}") from error
        der = self._key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()

    def signed(self, token: str, user: str) -> bool:
        """Tell whether this key signed a token that says, for now, that its bearer is this user."""
        try:
            claims = jwt.decode(
                token, self._key, ALGORITHMS, options={"require": ["exp", "iat", "iss", "sub"]}, leeway=60
            )
        except (jwt.PyJWTError, TypeError, ValueError):
            return False
        subject, issuer = str(claims["sub"]), str(claims["iss"])
        return subject.upper().endswith(f".{user}") and issuer == f"{subject}.{self._fingerprint}"
