"""An age passphrase file that opens at once: a real one costs a second by design, each time.

The format is age-encryption.org/v1 with an scrypt stanza; only the work factor is low.
"""

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_LOG_WORK = 4
_LINE = 64


def quick_age_file(content: bytes, passphrase: str) -> bytes:
    """Return `content` (at most 64 KiB) as an armored age file."""
    file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    wrap_key = hashlib.scrypt(
        passphrase.encode(), salt=b"age-encryption.org/v1/scrypt" + salt, n=1 << _LOG_WORK, r=8, p=1, dklen=32
    )
    wrapped = ChaCha20Poly1305(wrap_key).encrypt(bytes(12), file_key, None)
    header = f"age-encryption.org/v1\n-> scrypt {_plain(salt)} {_LOG_WORK}\n{_plain(wrapped)}\n---".encode()
    mac = hmac.digest(_derive(file_key, b"", b"header"), header, "sha256")
    last_chunk = bytes(11) + b"\x01"
    body = ChaCha20Poly1305(_derive(file_key, nonce, b"payload")).encrypt(last_chunk, content, None)
    return _armor(header + b" " + _plain(mac).encode() + b"\n" + nonce + body)


def _derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def _plain(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii").rstrip("=")


def _armor(raw: bytes) -> bytes:
    text = base64.b64encode(raw).decode("ascii")
    lines = [text[place : place + _LINE] for place in range(0, len(text), _LINE)]
    return "\n".join(["-----BEGIN AGE ENCRYPTED FILE-----", *lines, "-----END AGE ENCRYPTED FILE-----", ""]).encode()
