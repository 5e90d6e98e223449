"""Waiting for IAM: exactly one error is retried, a bounded number of times, and each time it is said."""

from __future__ import annotations

import asyncio
import logging

import pulumi
import pytest
from pulumi.runtime import mocks

from infra.role_propagation import (
    MAX_RETRIES,
    delay_of,
    pause_before_retry,
    pausing_with,
    retry_while_role_propagates,
)
from tests.program.recording import CloudMocks

NEWER = (
    "creating urn:x: sdk-v2: 003167 (42601): Error assuming AWS_ROLE:\n"
    "User: arn:aws:iam::210987654321:user/abcd-s is not authorized to perform: sts:AssumeRole on resource: "
    "arn:aws:iam::123456789012:role/retail-snowpipe-dev"
)
OLDER = (
    "SQL execution error: Error assuming AWS_ROLE. Please verify the role and externalId are configured correctly "
    "in your AWS policy."
)
DENIED = "Failure using stage area. Cause: [Access Denied (Status Code: 403; Error Code: AccessDenied)]"
NO_QUEUE = (
    "putting S3 Bucket (b) Notification: operation error S3: PutBucketNotificationConfiguration, StatusCode: 400, "
    "api error InvalidArgument: Unable to validate the following destination configurations"
)
NO_SUBSCRIPTION = (
    'Pipe Notifications bind failure "User: arn:aws:iam::210987654321:user/abcd-s is not authorized to perform: '
    'SNS:Subscribe on resource: arn:aws:sns:eu-west-1:123456789012:files because no resource-based policy allows it"'
)
OTHERS = {
    "sts is off": "003167 (42601): Error assuming AWS_ROLE:\nSTS is not activated in this region for account:1.",
    "no such bucket": "Failure using stage area. Cause: [The specified bucket does not exist (Status Code: 404)]",
    "another destination": "putting S3 Bucket Notification: InvalidArgument: Configurations overlap",
    "another role": "User: arn:aws:iam::1:user/me is not authorized to perform: sts:AssumeRole on resource: x",
    "no queue to subscribe": 'Pipe Notifications bind failure "Cannot set AWS SNS topic for pipe without auto_ingest"',
    "no integration": "002003 (02000): Integration 'RETAIL_DEV' does not exist or not authorized.",
    "outside the locations": "003001 (42501): Location s3://b/ is not allowed by integration RETAIL_DEV.",
    "nothing": "",
}


@pytest.fixture(autouse=True)
def logged(caplog: pytest.LogCaptureFixture):
    asyncio.set_event_loop(asyncio.new_event_loop())
    mocks.set_mocks(CloudMocks())
    caplog.set_level(logging.WARNING)
    yield
    asyncio.get_event_loop().close()
    asyncio.set_event_loop(None)


def decide(*errors: str) -> tuple[bool, list[float]]:
    """Return the hook's answer to these errors, the newest first, and the pauses that it took."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    failure = pulumi.ErrorHookArgs("urn", "", "customers-pipe", "snowflake:index/pipe:Pipe", errors=list(errors))
    with pausing_with(pause):
        return asyncio.get_event_loop().run_until_complete(retry_while_role_propagates(failure)), pauses


@pytest.mark.parametrize(
    "error",
    [NEWER, OLDER, DENIED, NO_QUEUE, NO_SUBSCRIPTION],
    ids=["newer", "older", "denied", "no queue", "no subscription"],
)
def test_what_has_not_taken_effect_yet_is_tried_again_after_a_pause(error: str):
    assert delay_of(error) is not None
    assert decide(error) == (True, [2.0])


@pytest.mark.parametrize("error", OTHERS.values(), ids=OTHERS)
def test_any_other_error_ends_the_deployment_at_once(error: str, caplog: pytest.LogCaptureFixture):
    assert decide(error) == (False, [])
    assert caplog.messages == []


def test_another_error_after_some_retries_is_not_retried():
    assert decide(OTHERS["no such bucket"], NEWER, NEWER) == (False, [])


def test_a_failure_without_an_error_is_not_retried():
    assert decide() == (False, [])


def test_pauses_double_up_to_half_a_minute_and_end_after_three_and_a_half():
    pauses = [pause_before_retry(retry) for retry in range(1, MAX_RETRIES + 1)]
    assert pauses == [2, 4, 8, 16, 30, 30, 30, 30, 30, 30]
    assert sum(pauses) == 210


def test_each_retry_says_what_fails_why_and_for_how_long(caplog: pytest.LogCaptureFixture):
    decide(NEWER, NEWER, NEWER)
    (message,) = caplog.messages
    assert message.startswith("customers-pipe: Snowflake cannot assume the IAM role yet")
    assert message.endswith("retry 3 of 10 in 8 s")


def test_the_last_retry_is_followed_by_giving_up_with_a_remedy(caplog: pytest.LogCaptureFixture):
    assert decide(*[NEWER] * MAX_RETRIES) == (True, [30.0])
    caplog.clear()
    assert decide(*[NEWER] * (MAX_RETRIES + 1)) == (False, [])
    (message,) = caplog.messages
    assert "after 11 tries Snowflake cannot assume the IAM role yet; given up" in message
    assert "DESCRIBE STORAGE INTEGRATION" in message


def test_the_clock_is_back_after_the_block_that_replaced_it():
    from infra import role_propagation

    with pausing_with(lambda seconds: asyncio.sleep(0)):
        assert role_propagation._pause is not asyncio.sleep
    assert role_propagation._pause is role_propagation._by_the_clock
