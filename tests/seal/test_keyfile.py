"""A private key as an age passphrase file. Opening takes a second by design, so few tests do it."""

import base64

import pyrage  # type: ignore[import-untyped]  # it ships no types
import pytest

from tests import vectors
from tests.factories.vault import PASSPHRASE, key_pair
from tocsin.seal.keyfile import PassphraseWrongError, unwrap, wrap

GOLDEN = vectors.load("sealing")["key"]


def test_the_age_file_of_the_golden_file_opens() -> None:
    assert unwrap(GOLDEN["age_file"].encode(), GOLDEN["passphrase"]).hex() == GOLDEN["private"]


def test_a_wrapped_key_opens_with_its_passphrase_alone() -> None:
    private = key_pair().private

    age_file = wrap(private, PASSPHRASE)

    assert age_file.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n")
    assert unwrap(age_file, PASSPHRASE) == private
    with pytest.raises(PassphraseWrongError, match="does not open"):
        unwrap(key_pair().age_file, PASSPHRASE + "s")


def test_guessing_a_passphrase_costs_work() -> None:
    """The work factor stands in the file: 2^16 or more rounds of scrypt, as the machine bears."""
    armor = GOLDEN["age_file"].splitlines()[1:-1]
    stanza = base64.b64decode("".join(armor)).splitlines()[1].split()

    assert stanza[:2] == [b"->", b"scrypt"]
    assert int(stanza[3]) >= 16


@pytest.mark.parametrize("file", [b"", b"not an age file", b"age-encryption.org/v1\n"])
def test_what_is_no_age_file_is_refused(file: bytes) -> None:
    with pytest.raises(PassphraseWrongError):
        unwrap(file, PASSPHRASE)


def test_a_busy_machine_measures_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real, words, refusals = pyrage.passphrase.decrypt, refusal_of_too_much_work(), iter(range(3))

    def too_busy_at_first(age_file: bytes, passphrase: str) -> bytes:
        if next(refusals, None) is not None:
            raise pyrage.DecryptError(words)
        opened: bytes = real(age_file, passphrase)
        return opened

    monkeypatch.setattr(pyrage.passphrase, "decrypt", too_busy_at_first)
    assert unwrap(key_pair().age_file, PASSPHRASE) == key_pair().private


def refusal_of_too_much_work() -> str:
    """Return what pyrage says of a file that would take an hour."""
    try:
        pyrage.passphrase.decrypt(an_hours_work(), PASSPHRASE)
    except pyrage.DecryptError as error:
        return str(error)
    return ""


def an_hours_work() -> bytes:
    armor = key_pair().age_file.decode().splitlines()[1:-1]
    return base64.b64decode("".join(armor)).replace(b" 4\n", b" 30\n", 1)


def test_a_file_of_an_hours_work_is_not_called_a_wrong_passphrase() -> None:
    with pytest.raises(PassphraseWrongError, match="too busy"):
        unwrap(an_hours_work(), PASSPHRASE)


def test_an_age_file_of_something_else_is_refused() -> None:
    with pytest.raises(PassphraseWrongError, match="no key of ours"):
        unwrap(vectors.load("sealing")["key"]["other_age_file"].encode(), GOLDEN["passphrase"])
