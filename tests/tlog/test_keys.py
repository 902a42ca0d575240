"""Keys as text: one spelling, its number checked, private ones never shown by accident."""

import pytest

from tests.tlog.logs import GOLDEN, LOG, NEXT_LOG_KEY, WITNESS
from tocsin.tlog.cosignature import CosignatureSigner, CosignKind
from tocsin.tlog.keys import (
    KeyTextError,
    LogSigner,
    LogVerifier,
    parse_log_vkey,
    parse_skey,
    parse_vkey,
    parse_witness_vkey,
    skey_text,
    vkey_text,
)

QUANTUM = CosignatureSigner(WITNESS.name, WITNESS.seed, CosignKind.ML_DSA_44)
KEYS = GOLDEN["keys"]


@pytest.mark.parametrize(
    "vkey, name",
    [
        # Two keys of the world: the example of Go's sumdb/note, and Go's checksum database.
        ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "PeterNeumann"),
        ("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", "sum.golang.org"),
    ],
)
def test_keys_that_others_made_are_read(vkey: str, name: str) -> None:
    key = parse_log_vkey(vkey)

    assert (key.name, key.vkey) == (name, vkey)


def test_a_private_key_that_another_program_made_is_read() -> None:
    key = parse_skey("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")

    assert key.verifier.vkey == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_the_golden_keys_come_out() -> None:
    assert (LOG.seed.hex(), LOG.verifier.public.hex(), LOG.key_id.hex()) == (
        KEYS["seed"],
        KEYS["public"],
        KEYS["key_id"],
    )
    assert (LOG.verifier.vkey, LOG.skey) == (KEYS["vkey"], KEYS["skey"])
    assert NEXT_LOG_KEY.verifier.vkey == KEYS["next_vkey"]
    assert WITNESS.verifier.vkey == KEYS["witness_vkey"]
    assert QUANTUM.verifier.vkey == KEYS["witness_ml_dsa_44_vkey"]


def test_every_kind_of_key_goes_there_and_back() -> None:
    assert parse_vkey(KEYS["vkey"]) == LOG.verifier
    assert parse_skey(KEYS["skey"]) == LOG
    assert parse_vkey(KEYS["witness_vkey"]) == WITNESS.verifier
    assert parse_vkey(KEYS["witness_ml_dsa_44_vkey"]) == QUANTUM.verifier


def test_one_seed_in_two_uses_gives_two_numbers() -> None:
    as_witness = CosignatureSigner(LOG.name, LOG.seed)

    assert as_witness.verifier.public == LOG.verifier.public
    assert as_witness.verifier.key_id != LOG.key_id


def test_a_witness_s_key_is_no_log_s_and_the_other_way_round() -> None:
    assert parse_log_vkey(KEYS["vkey"]) == LOG.verifier
    assert parse_witness_vkey(KEYS["witness_vkey"]) == WITNESS.verifier
    with pytest.raises(KeyTextError, match="a witness's key"):
        parse_log_vkey(KEYS["witness_vkey"])
    with pytest.raises(KeyTextError, match="a log's key"):
        parse_witness_vkey(KEYS["vkey"])


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "+",
        "++",
        KEYS["skey"],
        KEYS["vkey"] + "\n",
        " " + KEYS["vkey"],
        KEYS["vkey"][:-1],
        KEYS["vkey"] + "A",
        KEYS["vkey"].replace("45ebbf56", "45EBBF56"),
        KEYS["vkey"].replace("45ebbf56", "45 ebbf56"),
        KEYS["vkey"].replace("45ebbf56", "45ebbf57"),
        KEYS["vkey"].replace("45ebbf56", ""),
        KEYS["vkey"].replace(LOG.name, "log.example.com/tally"),
        KEYS["vkey"].replace(LOG.name, ""),
        KEYS["vkey"].replace(LOG.name, "log example"),
        KEYS["vkey"].replace(LOG.name, "log\udc80"),
        "log.example.org/tally+45ebbf56+",
        vkey_text("name", 0x01, bytes(31)),
        vkey_text("name", 0x01, bytes(33)),
        vkey_text("name", 0x02, bytes(32)),
        vkey_text("name", 0x04, bytes(31)),
        vkey_text("name", 0x06, bytes(32)),
        vkey_text("name", 0xFF, bytes(32)),
    ],
)
def test_any_other_spelling_of_a_key_is_refused(vkey: str) -> None:
    with pytest.raises(KeyTextError):
        parse_vkey(vkey)


@pytest.mark.parametrize(
    "skey",
    [
        "",
        KEYS["vkey"],
        KEYS["skey"].removeprefix("PRIVATE+KEY+"),
        KEYS["skey"][:-2],
        KEYS["skey"].replace("45ebbf56", "45ebbf57"),
        KEYS["skey"].replace("+AQ", "+BA"),
        skey_text("name", 0x01, LOG.verifier.public, bytes(31)),
        skey_text("a name", 0x01, LOG.verifier.public, LOG.seed),
    ],
)
def test_any_other_spelling_of_a_private_key_is_refused(skey: str) -> None:
    with pytest.raises(KeyTextError):
        parse_skey(skey)


@pytest.mark.parametrize(
    "name, key",
    [("", bytes(32)), ("a b", bytes(32)), ("a+b", bytes(32)), ("a\n", bytes(32)), ("a\0", bytes(32)), ("a", b"")],
)
def test_a_key_that_could_not_be_written_down_is_not_made(name: str, key: bytes) -> None:
    for make in (LogSigner, LogVerifier, CosignatureSigner):
        with pytest.raises(ValueError, match="key"):
            make(name, key)


def test_a_private_key_does_not_print_itself() -> None:
    for key in (LOG, WITNESS):
        assert key.seed.hex() not in repr(key)
        assert repr(key.seed) not in repr(key)
