"""Holds a resource's inputs against the SDK's own schema: unknown and missing keys, nested ones too.

A constructor refuses an unknown argument, but a key inside a nested dictionary passes, and the provider sees it
first. The schema is read from the SDK's types, so it needs no network and no provider.
"""

from __future__ import annotations

import importlib
import inspect
import typing
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws
import pulumi_snowflake
from pulumi import _types

_SDKS = {"aws": pulumi_aws, "snowflake": pulumi_snowflake}


def faults(token: str, inputs: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the inputs of a resource of this type; an empty list for nothing."""
    return _faults(_args_class(token), inputs, token.split(":")[-1] + ".")


def _args_class(token: str) -> type:
    package, module, kind = token.split(":")
    sdk, folder = _SDKS[package], module.split("/")[0]
    home = sdk if folder == "index" else getattr(sdk, folder)
    # Where a nested type took the plain name, the resource's own arguments are ...InitArgs.
    return getattr(home, f"{kind}InitArgs", None) or getattr(home, f"{kind}Args")


def _faults(args_class: type, inputs: Mapping[str, Any], where: str) -> list[str]:
    wire_names = _types.input_type_py_to_pulumi_names(args_class)
    parameters = inspect.signature(args_class.__init__).parameters
    known = {wire: name for name, wire in wire_names.items() if name in parameters}
    found = [f"{where}{key} is unknown" for key in inputs if key not in known]
    for wire, name in known.items():
        if parameters[name].default is inspect.Parameter.empty and inputs.get(wire) is None:
            found.append(f"{where}{wire} is missing")
    hints = _hints(args_class)
    for wire, value in inputs.items():
        nested = _nested_class(hints.get(known.get(wire, "")))
        if nested:
            items = value if isinstance(value, list) else [value]
            # A policy may be a document or its text; the text has no keys to check.
            given = [item for item in items if isinstance(item, Mapping)]
            found += [fault for item in given for fault in _faults(nested, item, f"{where}{wire}.")]
    return found


def _hints(args_class: type) -> dict[str, Any]:
    module = vars(importlib.import_module(args_class.__module__))
    return typing.get_type_hints(args_class.__init__, {**module, "Output": pulumi.Output, "T": Any})


def _nested_class(hint: Any) -> type | None:
    if inspect.isclass(hint) and _types.is_input_type(hint):
        return hint
    return next(filter(None, map(_nested_class, typing.get_args(hint))), None)
