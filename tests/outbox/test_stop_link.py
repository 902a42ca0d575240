"""outbox.stop_link: it says whose mails to stop to this server, and nothing to anybody else."""

import base64

import pytest
from pytest_django import Settings

from tests.cast import MAYA, OTTO
from tocsin.kit.keyfiles import server_key
from tocsin.outbox.caps import cap_key
from tocsin.outbox.stop_link import StopOrder, open_stop_link, stop_link
from tocsin.seal.box import Box
from tocsin.seal.tokens import from_base64, to_base64


def text_of(link: str) -> str:
    """Return what stands between /m/ and /stop."""
    before, _, text = link.removesuffix("/stop").partition("/m/")
    assert before == "https://petition.example"
    return text


@pytest.fixture(autouse=True)
def base_url(settings: Settings) -> None:
    settings.BASE_URL = "https://petition.example"


def test_it_opens_to_the_addresss_cap_key_and_the_readers_language() -> None:
    key = cap_key(MAYA.address)
    assert key is not None
    assert open_stop_link(text_of(stop_link(MAYA.address, "es"))) == StopOrder(key, "es")
    assert open_stop_link(text_of(stop_link(MAYA.address.upper(), "zh-hant"))) == StopOrder(key, "zh-hant")


def test_it_fits_the_path_that_the_lane_reads_in_every_language() -> None:
    assert len(text_of(stop_link(MAYA.address, "abc-defg"))) <= 100


def test_one_address_never_has_the_same_link_twice_nor_a_part_of_it() -> None:
    raws = [from_base64(text_of(stop_link(MAYA.address, "en"))) for _ in range(100)]
    bodies = [raw[1:] for raw in raws if raw is not None]
    assert len(bodies) == 100
    for at in range(0, len(bodies[0]) - 8, 8):
        assert len({body[at : at + 8] for body in bodies}) == 100, f"the bytes from {at} on link two mails"


def test_it_holds_neither_the_address_nor_its_cap_key() -> None:
    raw = from_base64(text_of(stop_link(MAYA.address, "en")))
    key = cap_key(MAYA.address)
    assert raw is not None
    assert key is not None
    assert key[:8] not in raw
    assert MAYA.address.encode() not in raw
    assert base64.b64encode(MAYA.address.encode())[:12] not in base64.b64encode(raw)


def test_two_addresses_have_links_of_one_length() -> None:
    assert len(stop_link(MAYA.address, "en")) == len(stop_link(OTTO.address, "ar"))


def test_a_changed_link_orders_nothing() -> None:
    raw = from_base64(text_of(stop_link(MAYA.address, "en")))
    assert raw is not None
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert open_stop_link(to_base64(changed)) is None, at
    for length in (0, 1, 13, 32, len(raw) - 1):
        assert open_stop_link(to_base64(raw[:length])) is None, length
    assert open_stop_link(to_base64(raw) + "=") is None
    assert open_stop_link("not base64 !") is None


def test_a_link_of_another_server_or_a_box_made_for_another_purpose_orders_nothing() -> None:
    key = cap_key(MAYA.address) or b""
    for box_key, purpose in (("second step", b"stop"), ("stop link", b"form:night-trains")):
        sealed = Box(server_key(box_key)).seal(purpose, key + b"en")
        assert open_stop_link(to_base64(sealed)) is None, (box_key, purpose)
    assert open_stop_link(to_base64(Box(bytes(32)).seal(b"stop", key + b"en"))) is None


def test_another_folder_of_keys_is_another_server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    here = text_of(stop_link(MAYA.address, "en"))
    settings.KEYS_DIR = tmp_path_factory.mktemp("other")
    assert open_stop_link(here) is None
    stop_link(MAYA.address, "en")


def test_what_is_no_address_has_no_link() -> None:
    with pytest.raises(ValueError, match="no address"):
        stop_link("nobody", "en")
