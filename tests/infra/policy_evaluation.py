"""What AWS decides on a request, by the policies that concern it. Pure.

A deny that applies wins; else one allow, of whoever asks or of the resource, is enough within one account; else the
request is denied. An operator, element or principal that is not known here is an error, and no answer.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]

_ELEMENTS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


@dataclass(frozen=True)
class Request:
    """A call of the AWS API.

    Attributes:
        action: for example ``s3:GetObject``.
        resource: the ARN of what it is on.
        principal: the ARN of who asks.
        context: values of condition keys; a key that is not here is not part of the request.
    """

    action: str
    resource: str
    principal: str = "arn:aws:iam::123456789012:role/somebody"
    context: Mapping[str, str] = field(default_factory=dict)


def allowed(
    request: Request, *, identity: Iterable[Document] = (), resource: Iterable[Document] = (), both: bool = False
) -> bool:
    """Tell whether a request is allowed.

    Args:
        request: it.
        identity: the policies of who asks.
        resource: the policies of what is asked for, the trust policy of a role among them.
        both: whether one allow of each is needed, as where the resource is another account's, or is a key whose policy
            leaves it to those of the account.
    """
    asking = [s["Effect"] for policy in identity for s in policy["Statement"] if _applies(s, request, named=False)]
    asked = [s["Effect"] for policy in resource for s in policy["Statement"] if _applies(s, request, named=True)]
    enough = all if both else any
    return enough("Allow" in effects for effects in (asking, asked)) and "Deny" not in asking + asked


def _applies(statement: Document, request: Request, *, named: bool) -> bool:
    assert statement.keys() <= _ELEMENTS, statement.keys() - _ELEMENTS
    assert statement["Effect"] in ("Allow", "Deny")
    assert ("Principal" in statement) == named
    return (
        (not named or _is_principal(statement["Principal"], request.principal))
        and _matches(statement["Action"], request.action.lower(), str.lower)
        # a trust policy is about the role that it belongs to
        and ("Resource" not in statement or _matches(statement["Resource"], request.resource))
        and all(
            _holds(operator, request.context.get(key), values)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _is_principal(principal: Any, asking: str) -> bool:
    if principal == "*":
        return True
    ((kind, named),) = principal.items()
    assert kind in {"AWS", "Service"}
    account = ":".join(asking.split(":")[:5])
    return asking in _listed(named) or f"{account}:root" in _listed(named)


def _holds(operator: str, given: str | None, expected: Any) -> bool:
    match operator:
        case "StringEquals" | "Bool":
            return given in _listed(expected)
        case "StringLike":
            return given is not None and _matches(expected, given)
        case "ArnEquals":
            return given is not None and _matches(expected, given)
        case "ArnNotEquals":
            return given is None or not _matches(expected, given)
    raise AssertionError(f"no rule for {operator}")


def _matches(patterns: Any, value: str, spelled: Any = str) -> bool:
    forms = (re.escape(spelled(pattern)).replace(r"\*", ".*").replace(r"\?", ".") for pattern in _listed(patterns))
    return any(re.fullmatch(form, value, re.DOTALL) for form in forms)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
