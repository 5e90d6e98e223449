"""What SHOW USERS and DESCRIBE USER say; a password and its hash are nobody's to see.

https://docs.snowflake.com/en/sql-reference/sql/show-users and …/desc-user; the provider reads a boolean's default too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.inspection.show_facts import Facts, truth
from local_cloud.snowflake_account.result import Result, rows_of

COLUMNS = (
    "name created_on:TIMESTAMP_LTZ login_name display_name first_name last_name email mins_to_unlock days_to_expiry "
    "comment disabled must_change_password snowflake_lock default_warehouse default_namespace default_role "
    "default_secondary_roles ext_authn_duo ext_authn_uid mins_to_bypass_mfa owner last_success_login:TIMESTAMP_LTZ "
    "expires_at_time:TIMESTAMP_LTZ locked_until_time:TIMESTAMP_LTZ has_password:BOOLEAN has_rsa_public_key:BOOLEAN "
    "type has_mfa:BOOLEAN has_workload_identity:BOOLEAN"
)

_TEXTS = (
    *("FIRST_NAME", "LAST_NAME", "EMAIL", "MINS_TO_UNLOCK", "DAYS_TO_EXPIRY", "DEFAULT_WAREHOUSE"),
    *("DEFAULT_NAMESPACE", "DEFAULT_ROLE", "EXT_AUTHN_UID", "MINS_TO_BYPASS_MFA"),
)
_TRUTHS = ("DISABLED", "MUST_CHANGE_PASSWORD", "SNOWFLAKE_LOCK", "EXT_AUTHN_DUO")

_DESCRIBED = (
    *("NAME", "COMMENT", "DISPLAY_NAME", "TYPE", "LOGIN_NAME", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "EMAIL"),
    *("PASSWORD", "MUST_CHANGE_PASSWORD", "DISABLED", "SNOWFLAKE_LOCK", "SNOWFLAKE_SUPPORT", "DAYS_TO_EXPIRY"),
    *("MINS_TO_UNLOCK", "DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE", "DEFAULT_ROLE", "DEFAULT_SECONDARY_ROLES"),
    *("EXT_AUTHN_DUO", "EXT_AUTHN_UID", "HAS_MFA", "MINS_TO_BYPASS_MFA", "MINS_TO_BYPASS_NETWORK_POLICY"),
    *("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_FP", "RSA_PUBLIC_KEY_LAST_SET_TIME", "RSA_PUBLIC_KEY_2"),
    *("RSA_PUBLIC_KEY_2_FP", "RSA_PUBLIC_KEY_2_LAST_SET_TIME", "PASSWORD_LAST_SET_TIME", "CUSTOM_LANDING_PAGE_URL"),
    *("CUSTOM_LANDING_PAGE_URL_FLUSH_NEXT_UI_LOAD", "HAS_WORKLOAD_IDENTITY"),
)
_DESCRIBED_TRUTHS = (
    *("MUST_CHANGE_PASSWORD", "DISABLED", "SNOWFLAKE_LOCK", "SNOWFLAKE_SUPPORT", "EXT_AUTHN_DUO", "HAS_MFA"),
    *("CUSTOM_LANDING_PAGE_URL_FLUSH_NEXT_UI_LOAD", "HAS_WORKLOAD_IDENTITY"),
)


def user_row(stored: StoredObject, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001
    """Return what SHOW says of a user."""
    given, name = stored.attributes, stored.name.last
    return {
        **{word.lower(): str(given.get(word) or "") for word in _TEXTS},
        **{word.lower(): truth(given.get(word)) for word in _TRUTHS},
        "login_name": str(given.get("LOGIN_NAME") or name).upper(),
        "display_name": given.get("DISPLAY_NAME") or name,
        "default_secondary_roles": _secondary(given),
        "has_password": bool(given.get("PASSWORD")),
        "has_rsa_public_key": bool(given.get("RSA_PUBLIC_KEY")),
        "type": given.get("TYPE"),
        "has_mfa": False,
        "has_workload_identity": False,
    }


def _secondary(given: Mapping[str, Any]) -> str:
    roles = given.get("DEFAULT_SECONDARY_ROLES")
    return "" if roles is None else json.dumps([str(role).upper() for role in roles])


def describe_user(stored: StoredObject) -> Result:
    """Answer DESCRIBE USER."""
    given = {name: value for name, value in stored.attributes.items() if name != "PASSWORD"}
    known: dict[str, Any] = {"LOGIN_NAME": stored.name.last, "DISPLAY_NAME": stored.name.last, **given}
    known |= {"NAME": stored.name.last, "DEFAULT_SECONDARY_ROLES": _secondary(given)}
    known |= {
        f"{key}_FP": _fingerprint(str(given[key])) for key in ("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2") if key in given
    }
    if stored.attributes.get("PASSWORD"):
        known["PASSWORD"] = "*" * 8
    return rows_of(
        ("property", "value", "default", "description"),
        [
            (word, truth(known.get(word)), "false", "")
            if word in _DESCRIBED_TRUTHS
            else (word, str(known.get(word) or "null"), "null", "")
            for word in _DESCRIBED
        ],
    )


def _fingerprint(key: str) -> str:
    try:
        der = base64.b64decode("".join(key.split()))
    except (ValueError, binascii.Error):
        return ""
    return "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()
