"""The engine's side of a Pulumi program: answers what the program's resources ask, one request at a time.

It is the mock monitor of Pulumi's own tests, except that it really creates, and that it keeps of each request what
the mock one drops: dependencies, parents, error hooks.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

from google.protobuf import empty_pb2
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import rpc
from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.proto import provider_pb2, resource_pb2
from pulumi.runtime.sync_await import _ensure_event_loop, _sync_await

from local_cloud.errors import CallError, FailedRunError, LocalCloudError, ResourceError
from local_cloud.program.deployment import Resource

MOST_RETRIES = 100
"""How often the real engine retries one operation at its error hooks' request."""

STACK_TYPE = "pulumi:pulumi:Stack"

_T = TypeVar("_T")


class Provider(Protocol):
    """What stands behind the resources of a program."""

    def create(self, type_token: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Create a resource; return its id and its outputs."""
        ...

    def call(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer a provider function."""
        ...


@runtime_checkable
class NamingProvider(Protocol):
    """A provider that names what the program leaves without a name, as the real ones do."""

    def named(self, type_token: str, logical_name: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return the inputs with a physical name."""
        ...


class _NoMocks(pulumi_mocks.Mocks):
    """The base class wants mocks; every request is answered before it would ask them."""

    def call(self, args: pulumi_mocks.MockCallArgs) -> Any:
        raise NotImplementedError(args.token)

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> Any:
        raise NotImplementedError(args.typ)


class ProgramMonitor(pulumi_mocks.MockMonitor):
    """Answers the program's requests; they arrive one at a time, from a single thread."""

    def __init__(self, provider: Provider, on_resource: Callable[[Resource], None]) -> None:
        super().__init__(_NoMocks())
        self.made: list[Resource] = []
        self.outputs: dict[str, Any] = {}
        self.failure: LocalCloudError | None = None
        self._provider = provider
        self._on_resource = on_resource
        self._error_hooks: dict[str, str] = {}

    @property
    def resources_made(self) -> int:
        """How many resources exist by now, components left out."""
        return sum(resource.custom for resource in self.made)

    def release(self) -> None:
        """Let go of the provider: the SDK keeps this monitor for the rest of the process."""
        del self._provider, self._on_resource

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the names of the gRPC service
        """Answer a call of a provider function."""
        _ensure_event_loop()
        arguments = _plain(rpc.deserialize_properties(request.args))
        answer, failures = self._or_fail(lambda: self._call(request.tok, arguments))
        fields: dict[str, Any] = {"return": _sync_await(rpc.serialize_properties(answer, {})), "failures": failures}
        return resource_pb2.ResourceInvokeResponse(**fields)

    def _call(self, token: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        """Return a function's answer, and its failure, which is the program's to take as it likes."""
        try:
            return self._provider.call(token, arguments), []
        except CallError as error:
            return {}, [provider_pb2.CheckFailure(reason=str(error))]

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        """Create a resource."""
        if request.type == STACK_TYPE:
            return super().RegisterResource(request)
        _ensure_event_loop()
        if self.failure:
            raise self.failure
        resource = self._or_fail(lambda: self._make(request))
        self.made.append(resource)
        self._on_resource(resource)
        outputs = _sync_await(rpc.serialize_properties(resource.outputs, {}))
        return resource_pb2.RegisterResourceResponse(urn=resource.urn, id=resource.id, object=outputs)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        """Keep the stack's outputs."""
        if request.urn.split("::")[2] == STACK_TYPE:
            self.outputs = _plain(rpc.deserialize_properties(request.outputs, keep_unknowns=True))
        return empty_pb2.Empty()

    def RegisterErrorHook(self, request: Any) -> Any:  # noqa: N802
        """Keep where an error hook is called; as in the real engine, there is one of a name."""
        self._or_fail(lambda: self._keep_hook(request))
        return empty_pb2.Empty()

    def _keep_hook(self, request: Any) -> None:
        if request.name in self._error_hooks:
            raise ResourceError(f"error hook {request.name!r} is registered twice: make it once and pass it on")
        self._error_hooks[request.name] = request.callback.token

    def _or_fail(self, action: Callable[[], _T]) -> _T:
        try:
            return action()
        except LocalCloudError as error:
            self.failure = self.failure or error
            raise

    def _make(self, request: Any) -> Resource:
        urn = self.make_urn(request.parent, request.type, request.name)
        if urn in self.resources:
            raise ResourceError(f"{request.type} {request.name!r} is declared twice: every logical name once per type")
        inputs = _plain(rpc.deserialize_properties(request.object))
        id_, outputs = self._create(request, urn, inputs) if request.custom else ("", {})
        self.resources[urn] = self.ResourceRegistration(urn, id_, outputs)
        needs = {*request.dependencies, *(urn for of in request.propertyDependencies.values() for urn in of.urns)}
        return Resource(
            urn, request.type, request.name, request.parent, request.custom, id_, inputs, outputs, tuple(sorted(needs))
        )

    def _create(self, request: Any, urn: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        errors: list[str] = []
        if isinstance(self._provider, NamingProvider):
            inputs = self._provider.named(request.type, request.name, inputs)
        while True:
            try:
                return self._provider.create(request.type, inputs)
            except LocalCloudError as error:
                raise type(error)(f"{request.name}: {error}") from error
            except Exception as error:
                errors.insert(0, str(error))
                if len(errors) > MOST_RETRIES or not self._wants_retry(request, urn, errors):
                    raise ResourceError(f"{request.type} {request.name!r} could not be created: {error}") from error

    def _wants_retry(self, request: Any, urn: str, errors: Sequence[str]) -> bool:
        """Put a failed create to the resource's error hooks, newest error first; one that says yes is enough."""
        question = resource_pb2.ErrorHookRequest(
            urn=urn,
            name=request.name,
            type=request.type,
            new_inputs=request.object,
            failed_operation="create",
            errors=errors,
        ).SerializeToString()
        for name in request.hooks.on_error:
            callback = _callback(self._error_hooks[name])
            with _no_pauses():
                answer: Any = _sync_await(callback(question))
            if answer.error:
                raise FailedRunError(f"error hook {name!r} of {request.name!r} failed: {answer.error}")
            if answer.retry:
                return True
        return False


@contextlib.contextmanager
def _no_pauses() -> Iterator[None]:
    """Let whoever sleeps in this thread go on at once: here a role takes effect after attempts, not after seconds."""
    real, here = asyncio.sleep, threading.get_ident()

    async def sleep(delay: float, result: Any = None) -> Any:
        return await real(0 if threading.get_ident() == here else delay, result)

    asyncio.sleep = sleep
    try:
        yield
    finally:
        asyncio.sleep = real


def _callback(token: str) -> Callable[[bytes], Any]:
    return next(servicer._callbacks[token] for servicer in _CallbackServicer._servicers if token in servicer._callbacks)


def _plain(value: Any) -> Any:
    """Return a deserialised value without secrets' wrappers and with whole numbers as int (the wire knows floats)."""
    if rpc.is_rpc_secret(value):
        return _plain(rpc.unwrap_rpc_secret(value))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
