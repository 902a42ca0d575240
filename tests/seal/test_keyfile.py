"""A private key as an age passphrase file. Opening takes a second by design, so few tests do it."""

import base64

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


def test_an_age_file_of_something_else_is_refused() -> None:
    with pytest.raises(PassphraseWrongError, match="no sealing key"):
        unwrap(vectors.load("sealing")["key"]["other_age_file"].encode(), GOLDEN["passphrase"])
