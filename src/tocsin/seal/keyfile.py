"""A private sealing key as an age passphrase file, which the standard `age` tool opens too.

The file is armored (ASCII), so that it can be printed, scanned and typed. Opening costs about a
second by design (scrypt), so one guess at a passphrase costs as much.
"""

import time

import pyrage  # type: ignore[import-untyped]  # it ships no types

PRIVATE_KEY_BYTES = 96
# age refuses a file that would take this machine more than sixteen times a second, and finds that
# out by a measurement of milliseconds. On a busy machine it comes out wrong: measure again.
_TOO_MUCH_WORK = "Excessive work"
_MEASUREMENTS = 40
_PAUSE_SECONDS = 0.1


class PassphraseWrongError(Exception):
    """The file does not open: another passphrase, or not an age file of a sealing key."""


def wrap(private_key: bytes, passphrase: str) -> bytes:
    """Return a private key as an armored age file."""
    age_file: bytes = pyrage.passphrase.encrypt(private_key, passphrase, armored=True)
    return age_file


def unwrap(age_file: bytes, passphrase: str, size: int = PRIVATE_KEY_BYTES) -> bytes:
    """Return the key of `size` bytes in an age file, armored or not; raises PassphraseWrongError."""
    try:
        private_key = _decrypt(age_file, passphrase)
    except (pyrage.DecryptError, ValueError) as error:
        is_busy = _TOO_MUCH_WORK in str(error)
        message = (
            "this machine is too busy to open the file: try again"
            if is_busy
            else "the file does not open with this passphrase"
        )
        raise PassphraseWrongError(message) from error
    if len(private_key) != size:
        message = "the file opens, but holds no key of ours"
        raise PassphraseWrongError(message)
    return private_key


def _decrypt(age_file: bytes, passphrase: str) -> bytes:
    for _ in range(_MEASUREMENTS):
        try:
            content: bytes = pyrage.passphrase.decrypt(age_file, passphrase)
        except pyrage.DecryptError as error:
            if _TOO_MUCH_WORK not in str(error):
                raise
            refused = error
            time.sleep(_PAUSE_SECONDS)
        else:
            return content
    raise refused
