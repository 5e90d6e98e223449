"""Pure: whether a resource's policy lets a service of AWS act on it, as S3 and EventBridge need it of a topic.

https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

EVERYBODY = "*"


def service_may(policy: Mapping[str, Any], service: str, action: str, context: Mapping[str, str]) -> bool:
    """Tell whether a policy lets a service act: a statement allows it, and none that applies denies it.

    Args:
        policy: the policy of the resource.
        service: the service's principal: ``s3.amazonaws.com``.
        action: for example ``sns:Publish``.
        context: values of condition keys; a key that is not here is not part of the request.
    """
    given = {key.lower(): value for key, value in {"aws:SecureTransport": "true", **context}.items()}
    effects = {
        statement.get("Effect")
        for statement in _listed(policy.get("Statement"))
        if _is_for(statement.get("Principal"), service)
        and _matches(statement.get("Action"), action, re.IGNORECASE)
        and _conditions_hold(statement, given)
    }
    return effects == {"Allow"}


def _is_for(principal: Any, service: str) -> bool:
    if not isinstance(principal, Mapping):
        return principal == EVERYBODY
    return service in _listed(principal.get("Service")) or EVERYBODY in _listed(principal.get("AWS"))


def _conditions_hold(statement: Mapping[str, Any], given: Mapping[str, str]) -> bool:
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            holds = _holds(operator, values, given.get(key.lower()))
            if holds is None:
                # an operator that is not known here must never widen access
                return statement.get("Effect") == "Deny"
            if not holds:
                return False
    return True


def _holds(operator: str, values: Any, value: str | None) -> bool | None:
    if operator in ("StringEquals", "Bool"):
        return value in _listed(values)
    if operator in ("StringLike", "ArnLike", "ArnEquals"):
        return value is not None and _matches(values, value)
    if operator in ("ArnNotEquals", "ArnNotLike", "StringNotEquals"):
        return value is None or not _matches(values, value)
    return None


def _matches(patterns: Any, value: str, flags: int = 0) -> bool:
    forms = (re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".") for pattern in _listed(patterns))
    return any(re.fullmatch(form, value, flags | re.DOTALL) for form in forms)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
