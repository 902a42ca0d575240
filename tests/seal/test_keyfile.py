"""A private key as an age passphrase file. Opening takes a second by design, so few tests do it."""

import pytest

from tests import vectors
from tests.factories.vault import PASSPHRASE, key_pair
from tocsin.seal.keyfile import PassphraseWrongError, unwrap

GOLDEN = vectors.load("sealing")["key"]


def test_the_age_file_of_the_golden_file_opens() -> None:
    assert unwrap(GOLDEN["age_file"].encode(), GOLDEN["passphrase"]).hex() == GOLDEN["private"]


def test_a_wrapped_key_opens_with_its_passphrase_alone() -> None:
    pair = key_pair()

    assert pair.age_file.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n")
    assert unwrap(pair.age_file, PASSPHRASE) == pair.private
    with pytest.raises(PassphraseWrongError, match="does not open"):
        unwrap(pair.age_file, PASSPHRASE + "s")


@pytest.mark.parametrize("file", [b"", b"not an age file", b"age-encryption.org/v1\n"])
def test_what_is_no_age_file_is_refused(file: bytes) -> None:
    with pytest.raises(PassphraseWrongError):
        unwrap(file, PASSPHRASE)


def test_an_age_file_of_something_else_is_refused() -> None:
    with pytest.raises(PassphraseWrongError, match="no sealing key"):
        unwrap(vectors.load("sealing")["key"]["other_age_file"].encode(), GOLDEN["passphrase"])
