"""Every driver can do what every driver has to be able to do, against a served cloud."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.clients.asking import ask
from tests.clients.driver_list import DRIVERS, Driver

RUN_SECONDS = 150

Outcomes = Mapping[str, str | None]
"""What was wrong with each ability that was tried, None with one that worked."""


@pytest.fixture(scope="session")
def place(cloud: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of a driver's program: where the cloud is, and a key that its user logs in with."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path_factory.mktemp("key") / "key.p8"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ((user,),) = ask(cloud, "select current_user()")
    ask(cloud, f"alter user {user} set rsa_public_key = '{base64.b64encode(public).decode()}'")
    return {**cloud, "CLIENT_KEY_FILE": str(file)}


@pytest.fixture(scope="session")
def outcomes(
    place: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Driver], Outcomes]]:
    """Run a driver's program, once; what has to be fetched for them all is fetched at the same time."""
    here = [driver for driver in DRIVERS if driver.missing() is None]
    known: dict[str, Outcomes] = {}
    with ThreadPoolExecutor(4) as pool:
        ready = {driver.title: pool.submit(driver.prepare, tmp_path_factory.mktemp("driver")) for driver in here}

        def run(driver: Driver) -> Outcomes:
            if driver.title not in known:
                known[driver.title] = {}
                known[driver.title] = _outcomes(ready[driver.title].result(), driver, place)
            return known[driver.title]

        yield run


def _outcomes(command: Any, driver: Driver, place: Mapping[str, str]) -> Outcomes:
    schema = "CLIENT_" + "".join(sign if sign.isalnum() else "_" for sign in driver.title.upper())
    ask(place, f"create or replace schema {place['SNOWFLAKE_DATABASE']}.{schema}")
    environment = {**place, "CLIENT_SCHEMA": schema}
    log = Path(place["CLIENT_KEY_FILE"]).with_name(f"{schema}.log")
    with log.open("w") as errors:
        try:
            done = subprocess.run(
                command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, timeout=RUN_SECONDS
            )
            output = done.stdout
        except subprocess.TimeoutExpired as late:
            output = late.stdout.decode() if isinstance(late.stdout, bytes) else (late.stdout or "")
    lines = [json.loads(line) for line in output.splitlines() if line.startswith('{"ability"')]
    assert lines, log.read_text()[-4000:]
    return {line["ability"]: line["error"] for line in lines}


@pytest.mark.parametrize(
    ("driver", "ability"),
    [(driver, ability) for driver in DRIVERS for ability in driver.abilities],
    ids=lambda value: value.title if isinstance(value, Driver) else value,
)
def test_a_driver_can(
    outcomes: Callable[[Driver], Outcomes], record_property: Callable[[str, object], None], driver: Driver, ability: str
) -> None:
    record_property("driver", driver.title)
    record_property("ability", ability)
    if reason := driver.missing():
        pytest.skip(reason)

    tried = outcomes(driver)

    assert tried.get(ability, "it was not tried: the program ended before") is None


def test_no_driver_tries_what_it_is_said_to_be_without(outcomes: Callable[[Driver], Outcomes]) -> None:
    tried = {driver.title: outcomes(driver).keys() & driver.without for driver in DRIVERS if driver.missing() is None}

    assert {title: found for title, found in tried.items() if found} == {}
