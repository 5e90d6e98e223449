"""The policy pack: `pulumi preview --policy-pack policy`, of this project's program or any other."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_policy import (  # pyright: ignore[reportMissingImports]  # in the pack's own environment
    EnforcementLevel,
    PolicyPack,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError  # pyright: ignore[reportMissingImports]
from rules import RULES, Declared, Rule, known  # pyright: ignore[reportMissingImports]  # beside this file


def _policy(rule: Rule) -> StackValidationPolicy:
    def validate(stack: StackValidationArgs, report: Callable[[str], None]) -> None:
        declared = [
            Declared(r.resource_type, r.name, known(r.props, UnknownValueError), protected=bool(r.opts.protect))
            for r in stack.resources
        ]
        if not stack.resources:
            return
        stack_name = stack.resources[0].urn.removeprefix("urn:pulumi:").split("::")[0]
        for problem in rule.check(declared, stack_name):
            report(problem)

    return StackValidationPolicy(
        name=rule.name,
        description=rule.description,
        enforcement_level=EnforcementLevel.MANDATORY if rule.mandatory else EnforcementLevel.ADVISORY,
        validate=validate,
    )


PolicyPack(name="retail-snowpipe", policies=[_policy(rule) for rule in RULES])
