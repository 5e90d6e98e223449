"""What IAM policies allow, as far as a storage integration depends on it.

Pure: documents in, answers out. An action is allowed when a statement allows it and none denies it:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Document = Mapping[str, Any]


def may_assume(trust_policy: Document, principal: str, external_id: str) -> bool:
    """Tell whether a role's trust policy lets this principal assume it with this external id."""
    context = {"sts:ExternalId": external_id}
    return _allowed(
        [
            statement
            for statement in _list(trust_policy.get("Statement"))
            if principal in _list(_mapping(statement.get("Principal")).get("AWS"))
        ],
        "sts:AssumeRole",
        None,
        context,
    )


def principal_may(
    policy: Document, principal: str, action: str, resource: str, context: Mapping[str, str] | None = None
) -> bool:
    """Tell whether a resource's own policy lets a user or role of another AWS account act on it.

    Args:
        policy: the resource's policy.
        principal: the ARN of who acts; a policy may name the account that he is of in his place.
        action: for example `sns:Subscribe`.
        resource: the ARN of what it is on.
        context: values of condition keys, beside who acts.
    """
    names = {"*", principal, ":".join((*principal.split(":")[:5], "root"))}
    named = [
        statement
        for statement in _list(policy.get("Statement"))
        if (who := statement.get("Principal")) == "*" or names & set(_list(_mapping(who).get("AWS")))
    ]
    who = {"aws:SecureTransport": "true", "aws:PrincipalArn": principal}
    return _allowed(named, action, resource, {**who, **(context or {})})


def allows(policies: Iterable[Document], action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Tell whether a role's access policies allow an action on a resource.

    Args:
        policies: the policy documents of the role.
        action: for example `s3:GetObject`.
        resource: the ARN of a bucket or object.
        context: values of condition keys, for example `s3:prefix`.
    """
    statements = [statement for policy in policies for statement in _list(policy.get("Statement"))]
    return _allowed(statements, action, resource, context or {})


def _allowed(statements: Iterable[Document], action: str, resource: str | None, context: Mapping[str, str]) -> bool:
    effects = {
        statement.get("Effect")
        for statement in statements
        if _matches(statement.get("Action"), action, ignore_case=True)
        and (resource is None or _matches(statement.get("Resource"), resource))
        and _conditions_hold(_mapping(statement.get("Condition")), context)
    }
    return effects == {"Allow"}


def _conditions_hold(conditions: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    for operator, expected in conditions.items():
        for key, values in expected.items():
            given = context.get(key)
            if operator == "StringEquals":
                holds = given in _list(values)
            elif operator in ("StringLike", "ArnLike", "ArnEquals"):
                holds = given is not None and _matches(values, given)
            else:
                holds = False  # an operator that is not known here must never widen access
            if not holds:
                return False
    return True


def _matches(patterns: object, value: str, *, ignore_case: bool = False) -> bool:
    flags = re.IGNORECASE if ignore_case else 0
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), value, flags | re.DOTALL)
        for pattern in _list(patterns)
    )


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
