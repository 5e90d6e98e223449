from __future__ import annotations

import contextlib
import gc
import signal
import textwrap
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pulumi.output import Unknown

from local_cloud.errors import FailedRunError, InputError, LocalCloudError, ResourceError
from local_cloud.program import engine
from local_cloud.program.deployment import Deployment, Resource
from local_cloud.program.engine import Stack, run_program
from local_cloud.program.monitor import MOST_RETRIES

BUCKET, BLOCK = "aws:s3/bucket:Bucket", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
COMPONENT = "test:index:House"


class Recorder:
    """A provider that remembers what it was asked, and fails as often as it was told to."""

    def __init__(self, failures: int = 0, error: Callable[[int], Exception] = lambda n: ValueError(f"no {n}")) -> None:
        self.created: list[tuple[str, dict[str, Any]]] = []
        self.attempts = 0
        self._failures = failures
        self._error = error

    def create(self, type_token: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        self.attempts += 1
        if self.attempts <= self._failures:
            raise self._error(self.attempts)
        self.created.append((type_token, inputs))
        name = inputs["bucket"]
        return f"id-of-{name}", {**inputs, "arn": f"arn:{name}", "tagsAll": {"number": 3}}

    def call(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if token != "aws:index/getCallerIdentity:getCallerIdentity":
            raise ResourceError(f"no function {token} {arguments}")
        return {"accountId": "123456789012"}


HEAD = """
import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions as Options
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Deployment]:
    def run_text(
        program: str, provider: Any = None, config: Mapping[str, str] | None = None, **options: Any
    ) -> Deployment:
        (tmp_path / "__main__.py").write_text(HEAD + textwrap.dedent(program))
        stack = Stack(tmp_path / "__main__.py", "house", "dev", config or {})
        return run_program(stack, provider or Recorder(), **options)

    return run_text


CHAIN = """
class House(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:House", name)
        self.bucket = aws.s3.Bucket("first", bucket="one", opts=Options(parent=self))
        self.register_outputs({"bucket": self.bucket.bucket})

house = House("house")
later = aws.s3.Bucket("later", bucket="two", opts=Options(depends_on=[house.bucket]))
aws.s3.BucketPublicAccessBlock("block", bucket=later.arn, block_public_acls=True)
pulumi.export("arn", later.arn)
pulumi.export("account", aws.get_caller_identity().account_id)
"""


def test_resources_are_created_in_the_order_of_their_dependencies(run: Callable[..., Deployment]) -> None:
    recorder = Recorder()
    deployment = run(CHAIN, recorder)
    assert recorder.created == [
        (BUCKET, {"bucket": "one"}),
        (BUCKET, {"bucket": "two"}),
        (BLOCK, {"bucket": "arn:two", "blockPublicAcls": True}),
    ]
    assert deployment.outputs == {"arn": "arn:two", "account": "123456789012"}


def test_a_record_has_dependencies_parents_ids_and_outputs(run: Callable[..., Deployment]) -> None:
    house, first, later, block = run(CHAIN).resources
    assert (house.type, house.custom, house.id) == (COMPONENT, False, "")
    assert first.parent == house.urn
    assert (later.id, later.outputs["arn"]) == ("id-of-two", "arn:two")
    assert later.dependencies == (first.urn,)
    assert block.dependencies == (later.urn,)


def test_each_resource_is_announced_when_it_exists(run: Callable[..., Deployment]) -> None:
    announced: list[str] = []
    run(CHAIN, on_resource=lambda resource: announced.append(resource.name))
    assert announced == ["house", "first", "later", "block"]


def test_whole_numbers_arrive_as_integers_and_secrets_as_their_values(run: Callable[..., Deployment]) -> None:
    recorder = Recorder()
    run(
        """
        aws.s3.Bucket("b", bucket=pulumi.Output.secret("hidden"), lifecycle_rules=[
            {"enabled": True, "abort_incomplete_multipart_upload_days": 7}], tags={"half": "0.5"})
        """,
        recorder,
    )
    ((_, inputs),) = recorder.created
    assert inputs["bucket"] == "hidden"
    days = inputs["lifecycleRules"][0]["abortIncompleteMultipartUploadDays"]
    assert (days, type(days)) == (7, int)


def test_the_program_reads_its_config_and_stands_in_its_own_folder(
    run: Callable[..., Deployment], tmp_path: Path
) -> None:
    (tmp_path / "beside_the_program.py").write_text("WORD = 'found'")
    deployment = run(
        """
        from pathlib import Path
        from beside_the_program import WORD
        pulumi.export("all", [pulumi.Config().require("key"), pulumi.get_stack(), str(Path.cwd()), WORD])
        """,
        config={"house:key": "value"},
    )
    assert deployment.outputs == {"all": ["value", "dev", str(tmp_path), "found"]}


def test_a_program_can_run_again_in_the_same_process(run: Callable[..., Deployment]) -> None:
    assert run(CHAIN) == run(CHAIN)


def test_in_a_preview_what_the_provider_leaves_out_is_unknown_and_edges_are_kept(
    run: Callable[..., Deployment],
) -> None:
    class Blueprint(Recorder):
        def create(self, type_token: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
            self.created.append((type_token, inputs))
            return "", inputs

    recorder = Blueprint()
    deployment = run(CHAIN, recorder, preview=True)
    type_token, inputs = recorder.created[-1]
    assert (type_token, inputs["blockPublicAcls"]) == (BLOCK, True)
    assert isinstance(inputs["bucket"], Unknown)
    assert deployment.resources[-1].dependencies == (deployment.resources[-2].urn,)


HOOKED = """
async def again(failure):
    pulumi.log.warn(f"{failure.name} {failure.failed_operation} {failure.errors} {failure.new_inputs['bucket']}")
    return len(failure.errors) < LIMIT

async def never(failure):
    return False

hooks = pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook("never", never), pulumi.ErrorHook("again", again)])
first = aws.s3.Bucket("first", bucket="one", opts=Options(hooks=hooks))
aws.s3.Bucket("second", bucket=first.arn)
"""


def test_a_create_that_fails_is_put_to_the_error_hooks_newest_error_first(run: Callable[..., Deployment]) -> None:
    recorder, messages = Recorder(failures=2), []
    run(HOOKED.replace("LIMIT", "9"), recorder, on_message=messages.append)
    assert [inputs["bucket"] for _, inputs in recorder.created] == ["one", "arn:one"]
    assert messages == ["first create ['no 1'] one", "first create ['no 2', 'no 1'] one"]


def test_when_no_hook_wants_a_retry_the_create_fails(run: Callable[..., Deployment]) -> None:
    recorder = Recorder(failures=9)
    with pytest.raises(ResourceError, match=r"Bucket 'first' could not be created: no 3$"):
        run(HOOKED.replace("LIMIT", "3"), recorder)
    assert recorder.attempts == 3


def test_retries_end_at_the_real_engines_limit(run: Callable[..., Deployment]) -> None:
    recorder = Recorder(failures=1000)
    with pytest.raises(ResourceError):
        run(HOOKED.replace("LIMIT", "1000"), recorder)
    assert recorder.attempts == MOST_RETRIES + 1


def test_a_hook_that_fails_ends_the_run_and_is_named(run: Callable[..., Deployment]) -> None:
    with pytest.raises(FailedRunError, match="error hook 'again' of 'first' failed: name 'LIMIT' is not defined"):
        run(HOOKED, Recorder(failures=1))


def test_two_hooks_of_one_name_are_refused_as_the_real_engine_refuses_them(run: Callable[..., Deployment]) -> None:
    binding = "pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook('again', again)])"
    another = HOOKED.replace("LIMIT", "9").replace(
        "bucket=first.arn", f"bucket=first.arn, opts=Options(hooks={binding})"
    )
    with pytest.raises(ResourceError, match="error hook 'again' is registered twice: make it once and pass it on"):
        run(another)


def test_without_hooks_the_first_failure_is_the_last_attempt_and_nothing_comes_after_it(
    run: Callable[..., Deployment],
) -> None:
    recorder = Recorder(failures=1)
    with pytest.raises(ResourceError, match=r"could not be created: no 1$"):
        run(CHAIN + "\naws.s3.Bucket('independent', bucket='three')", recorder)
    assert recorder.created == []


def test_what_the_registry_does_not_know_is_not_put_to_the_hooks(run: Callable[..., Deployment]) -> None:
    recorder = Recorder(failures=9, error=lambda _: ResourceError("no such type"))
    with pytest.raises(ResourceError, match=r"^first: no such type$"):
        run(HOOKED.replace("LIMIT", "9"), recorder)
    assert recorder.attempts == 1


def test_a_provider_function_that_is_not_known_is_named(run: Callable[..., Deployment]) -> None:
    with pytest.raises(ResourceError, match="no function aws:index/getRegions:getRegions"):
        run("aws.get_regions()")


def test_a_name_declared_twice_is_an_error(run: Callable[..., Deployment]) -> None:
    with pytest.raises(ResourceError, match="'b' is declared twice"):
        run("for _ in range(2): aws.s3.Bucket('b', bucket='b')")


@pytest.mark.parametrize(
    ("program", "error"),
    [("raise pulumi.RunError('key is wrong')", InputError), ("House = aws.s3.Bucket('b', bucket='b')", FailedRunError)],
    ids=["before any resource", "after a resource"],
)
def test_the_programs_own_complaint_is_bad_input_only_before_anything_exists(
    run: Callable[..., Deployment], program: str, error: type[LocalCloudError]
) -> None:
    late = """
    def complain(arn):
        raise pulumi.RunError('key is wrong')
    pulumi.export("x", House.arn.apply(complain))
    """
    with pytest.raises(error, match=r"^key is wrong$") as raised:
        run(program if error is InputError else f"{program}\n{textwrap.dedent(late)}")
    assert type(raised.value) is error


def test_a_mistake_in_the_program_is_reported_with_its_place(run: Callable[..., Deployment]) -> None:
    with pytest.raises(FailedRunError, match=r"program failed \(__main__.py, line 6\): ZeroDivisionError: division by"):
        run("\n1 / 0")


INTERRUPTED = """
import signal
first = aws.s3.Bucket("first", bucket="one")
signal.raise_signal(signal.SIGINT)
aws.s3.Bucket("second", bucket=first.arn)
"""


def test_an_interrupt_ends_the_run_at_once_and_the_handler_is_the_one_from_before(
    run: Callable[..., Deployment],
) -> None:
    recorder, handler = Recorder(), signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run(INTERRUPTED, recorder)
    assert len(recorder.created) <= 1
    assert signal.getsignal(signal.SIGINT) is handler


def test_an_interrupt_that_the_program_raises_ends_it_too(run: Callable[..., Deployment]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run("raise KeyboardInterrupt")


def test_a_program_runs_outside_the_main_thread_too(run: Callable[..., Deployment]) -> None:
    outputs: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: outputs.append(run(CHAIN).outputs))
    thread.start()
    thread.join()
    assert outputs == [{"arn": "arn:two", "account": "123456789012"}]


STUBBORN = """
import asyncio

async def stay():
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass

task = asyncio.ensure_future(stay())
raise KeyboardInterrupt
"""


def test_an_interrupt_does_not_wait_for_tasks_that_do_not_want_to_end(
    run: Callable[..., Deployment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_PATIENCE_SECONDS", 0.01)
    with pytest.raises(KeyboardInterrupt):
        run(STUBBORN)


@pytest.mark.parametrize("failures", [0, 1], ids=["of a run", "of a run that failed"])
def test_at_the_end_the_provider_is_let_go(run: Callable[..., Deployment], failures: int) -> None:
    recorder = Recorder(failures)
    with contextlib.suppress(ResourceError):
        run(CHAIN, recorder)
    alive = weakref.ref(recorder)
    del recorder
    gc.collect()
    assert alive() is None


def test_a_record_is_a_value() -> None:
    one = Resource("urn", "type", "name", "", True, "id", {}, {}, ())
    assert one == Resource("urn", "type", "name", "", True, "id", {}, {}, ())
