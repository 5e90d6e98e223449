"""The file of users that `serve` is given: what it makes, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local_cloud.commands.users_file import make_users, read_users_file
from local_cloud.errors import InputError
from local_cloud.snowflake_account import Account
from tests.local_cloud.snowflake_account.landing import open_aws


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with open_aws() as aws:
        opened = Account(tmp_path / "snowflake", aws)
        yield opened
        opened.close()


def test_users_are_made_as_the_file_says_again_and_again(tmp_path: Path, account: Account) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    (tmp_path / "svc.pub").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    file = tmp_path / "users.toml"
    file.write_text(
        '[analyst]\npassword = "it\'s \\\\ secret"\nroles = ["ANALYSTS", \'"lower"\']\nwarehouse = "REPORTING"\n'
        '[SVC]\npublic_key = "svc.pub"\n'
    )
    for _ in range(2):
        make_users(read_users_file(file), account)

    analyst, local, svc = sorted(account.execute("show users").dicts(), key=lambda row: row["name"])
    assert [row["name"] for row in (analyst, local, svc)] == ["ANALYST", "LOCAL", "SVC"]
    assert (analyst["has_password"], analyst["default_role"], analyst["default_warehouse"]) == (
        True,
        "ANALYSTS",
        "REPORTING",
    )
    assert (svc["has_password"], svc["has_rsa_public_key"]) == (False, True)
    session = account.connect(user="ANALYST")
    assert session.execute("select current_role(), current_available_roles()").rows == [
        ("ANALYSTS", '["ANALYSTS", "PUBLIC", "lower"]')
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[A", "cannot be read"),
        ("A = 1", "user A in .* is no table"),
        ("[A]\nroles = []", "neither password nor public_key"),
        ('[A]\npassword = "p"\nrole = "R"', "'role'; a user has password, public_key, roles, warehouse"),
        ('[A]\npassword = "p"\nroles = "R"', "roles is a list of texts"),
        ("[A]\npassword = 1", "everything else a text"),
        ('[A]\npassword = "p"\nroles = ["a b"]', "'a b' is no name of Snowflake's"),
        ('[A]\npassword = "p"\nroles = ["a.b"]', "'a.b' has a dot"),
        ('[A]\npublic_key = "none.pub"', "none.pub cannot be read as PEM"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "users.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=words) as refused:
        read_users_file(file)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"users file .*none\.toml cannot be read"):
        read_users_file(tmp_path / "none.toml")
