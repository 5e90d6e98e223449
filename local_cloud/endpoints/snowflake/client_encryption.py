"""What a driver encrypts on its own side, decrypted as it arrives.

A file has a key of its own, which travels with it, wrapped in the master key that the answer to PUT had:
https://docs.snowflake.com/en/user-guide/security-encryption-end-to-end
"""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.padding import PKCS7

_KEY_BYTES = 16
_BLOCK_BITS = 128


class ClientEncryption:
    """A master key for the time of a process, and what is encrypted with it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(_KEY_BYTES)

    def material(self, query_id: str) -> dict[str, Any]:
        """Return what a driver needs to encrypt a file, as the answer to PUT has it."""
        return {"queryStageMasterKey": base64.b64encode(self._key).decode(), "queryId": query_id, "smkId": 1}

    def decrypted(self, content: bytes, described: str) -> bytes:
        """Return a file as it was before a driver encrypted it.

        Args:
            content: what arrived.
            described: what the driver says of the encryption, as JSON.

        Raises:
            ValueError: it was encrypted with another key, or cut.
        """
        said = json.loads(described)
        wrapped = base64.b64decode(said["WrappedContentKey"]["EncryptedKey"])
        key = _unpadded(_deciphered(Cipher(AES(self._key), ECB()), wrapped))  # noqa: S305 - the drivers wrap keys so
        return _unpadded(_deciphered(Cipher(AES(key), CBC(base64.b64decode(said["ContentEncryptionIV"]))), content))


def _deciphered(cipher: Cipher[Any], content: bytes) -> bytes:
    decryptor = cipher.decryptor()
    return decryptor.update(content) + decryptor.finalize()


def _unpadded(content: bytes) -> bytes:
    padding = PKCS7(_BLOCK_BITS).unpadder()
    return padding.update(content) + padding.finalize()
