"""Encryption of what is private. Pure functions: keys come in, bytes go out.

A sealed text is one byte of format, four bytes that name the key, a nonce of twelve, and the AES-256-GCM ciphertext
with its tag. It is bound to its place: unsealed for another row or field it is refused.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"
KEY_NAME_BYTES = 4
NONCE_BYTES = 12


class Unreadable(Exception):
    """The sealed text was changed, moved to another place, or sealed with a key that is not at hand."""


def seal(text: str, place: str, keys: Sequence[bytes]) -> bytes:
    """`text` encrypted with the first of `keys` (32 bytes each) and bound to `place`, such as "contact 7 email"."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + key_name(keys[0]) + nonce + AESGCM(keys[0]).encrypt(nonce, text.encode(), place.encode())


def unseal(sealed: bytes, place: str, keys: Sequence[bytes]) -> str:
    """The text that was sealed for `place` with any of `keys`. Raises Unreadable."""
    head, rest = sealed[: len(FORMAT) + KEY_NAME_BYTES], sealed[len(FORMAT) + KEY_NAME_BYTES :]
    key = next((key for key in keys if FORMAT + key_name(key) == head), None)
    if key is None:
        raise Unreadable(place)
    try:
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable(place) from error


def key_name(key: bytes) -> bytes:
    """The first bytes of the key's SHA-256, which tell one key from another and give nothing of it away."""
    return hashlib.sha256(key).digest()[:KEY_NAME_BYTES]


def blind_index(text: str, key: bytes) -> str:
    """HMAC-SHA-256 of `text` in hexadecimal (64 characters): equal texts are found without being read."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
