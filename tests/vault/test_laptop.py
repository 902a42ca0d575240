"""Keys from a laptop: the server gets a public half, hands out test rows, and believes only their codes."""

import json
from datetime import UTC, date, datetime

import pytest

from tests.factories.vault import campaign_key, key_pair
from tocsin.seal.epoch import SealBrokenError, new_key_pair
from tocsin.vault import domain, laptop, queries
from tocsin.vault.laptop import BadPublicFileError, PublicFile
from tocsin.vault.models import Keyholder

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)


def public_file(campaign: str = "demo") -> PublicFile:
    return PublicFile(campaign, key_pair().public, ("Noor", "office safe"), date(2026, 4, 1))


def code(keyholder: Keyholder, private: bytes) -> str:
    return laptop.prove(private, laptop.write_test_row(bytes(keyholder.drill_row), bytes(keyholder.drill_epoch)))


def test_a_public_file_comes_back_as_it_was_and_holds_no_secret() -> None:
    content = laptop.write_public_file(public_file())
    assert laptop.read_public_file(content) == public_file()
    assert key_pair().private.hex().encode() not in content


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"tocsin key": 2}, id="another version"),
        pytest.param({"public": "00" * 32}, id="another length"),
        pytest.param({"public": "xyz"}, id="no hex"),
        pytest.param({"keyholders": []}, id="nobody"),
        pytest.param({"keyholders": ["Noor", "Noor"]}, id="the same twice"),
        pytest.param({"keyholders": [7]}, id="no name"),
        pytest.param({"keyholders": ["x" * 81]}, id="too long a name"),
        pytest.param({"made_on": "yesterday"}, id="no day"),
    ],
)
def test_anything_else_is_refused(change: dict[str, object]) -> None:
    fields = json.loads(laptop.write_public_file(public_file())) | change
    with pytest.raises(BadPublicFileError):
        laptop.read_public_file(json.dumps(fields).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"null"])
def test_what_is_no_file_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(BadPublicFileError):
        laptop.read_public_file(content)
    with pytest.raises(BadPublicFileError):
        laptop.prove(key_pair().private, content)


@pytest.mark.django_db
def test_each_keyholder_proves_on_a_laptop_that_their_key_opens() -> None:
    key = domain.import_key(campaign=7, slug="demo", key=public_file(), now=NOW)
    assert queries.key_in_use(7) == key
    assert not queries.is_ready(7)
    for keyholder in queries.keyholders(7):
        assert bytes(keyholder.age_file) == b""
        shown = code(keyholder, key_pair().private)
        assert not domain.prove_drill(keyholder=keyholder, code=shown[:-1] + "!", now=NOW)
        assert domain.prove_drill(keyholder=keyholder, code=f" {shown.upper().replace('-', ' ')} ", now=NOW)
    assert queries.is_ready(7)
    with pytest.raises(domain.PassphraseWrongError):
        domain.unlock(campaign=7, slug="demo", passphrase="anything at all")


@pytest.mark.django_db
def test_another_keyholders_code_or_another_key_proves_nothing() -> None:
    domain.import_key(campaign=7, slug="demo", key=public_file(), now=NOW)
    noor, safe = queries.keyholders(7)
    assert not domain.prove_drill(keyholder=noor, code=code(safe, key_pair().private), now=NOW)
    with pytest.raises(SealBrokenError):
        code(noor, new_key_pair()[0])


@pytest.mark.django_db
def test_a_keyholder_whose_file_the_server_has_has_no_code() -> None:
    campaign_key(7, drilled=False)
    keyholder = queries.keyholders(7)[0]
    assert not domain.prove_drill(keyholder=keyholder, code="", now=NOW)


@pytest.mark.django_db
def test_a_second_key_waits_and_another_campaigns_is_refused() -> None:
    old = campaign_key(7)
    with pytest.raises(BadPublicFileError, match="not of demo"):
        domain.import_key(campaign=7, slug="demo", key=public_file("other"), now=NOW)
    another = public_file()._replace(public=new_key_pair()[1])
    waiting = domain.import_key(campaign=7, slug="demo", key=another, now=NOW)
    assert (queries.key_in_use(7), queries.next_key(7)) == (old, waiting)
    with pytest.raises(domain.NextKeyExistsError):
        domain.import_key(campaign=7, slug="demo", key=another, now=NOW)
