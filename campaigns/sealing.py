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
HEAD_BYTES = len(FORMAT) + KEY_NAME_BYTES


class Unreadable(Exception):
    """The sealed text was changed, moved to another place, or sealed with a key that is not at hand."""


def seal(text: str, place: str, keys: Sequence[bytes]) -> bytes:
    """`text` encrypted with the first of `keys` (32 bytes each) and bound to `place`, like "report 7 sealed_words"."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return head(keys[0]) + nonce + AESGCM(keys[0]).encrypt(nonce, text.encode(), place.encode())


def unseal(sealed: bytes, place: str, keys: Sequence[bytes]) -> str:
    """The text that was sealed for `place` with any of `keys`. Raises Unreadable."""
    rest = sealed[HEAD_BYTES:]
    key = next((key for key in keys if head(key) == sealed[:HEAD_BYTES]), None)
    if key is None:
        raise Unreadable(place)
    try:
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable(place) from error


def reseal(sealed: bytes, place: str, keys: Sequence[bytes]) -> bytes:
    """The same text, for the same place, with the first of `keys`. Raises Unreadable."""
    return seal(unseal(sealed, place, keys), place, keys)


def head(key: bytes) -> bytes:
    """With what all begins that is sealed with the key: the format and the key's name."""
    return FORMAT + key_name(key)


def key_name(key: bytes) -> bytes:
    """The first bytes of the key's SHA-256, which tell one key from another and give nothing of it away."""
    return hashlib.sha256(key).digest()[:KEY_NAME_BYTES]


def blind_index(text: str, key: bytes) -> str:
    """HMAC-SHA-256 of `text` in hexadecimal (64 characters): equal texts are found without being read."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
