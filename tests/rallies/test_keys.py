import pytest

from tocsin.kit.addresses import Address, parse
from tocsin.rallies import keys
from tocsin.seal.box import BoxBrokenError


def address(typed: str) -> Address:
    found = parse(typed)
    assert found is not None
    return found


def test_what_a_rally_sealed_opens_for_it_alone_and_for_one_purpose() -> None:
    sealed = keys.seal(7, "host", {"email": "otto@example.net"})

    assert keys.unseal(7, "host", sealed) == {"email": "otto@example.net"}
    assert b"otto" not in sealed
    keys.seal(8, "host", {})
    for rally, purpose in ((8, "host"), (7, "rsvp")):
        with pytest.raises(BoxBrokenError):
            keys.unseal(rally, purpose, sealed)


def test_nothing_opens_once_the_key_is_destroyed() -> None:
    sealed = keys.seal(7, "host", {"email": "otto@example.net"})
    assert keys.kept() == [7]

    assert keys.destroy(7)
    with pytest.raises(keys.RallyKeyGoneError):
        keys.unseal(7, "host", sealed)
    assert keys.kept() == []
    assert not keys.destroy(7)


def test_a_stray_file_beside_the_keys_is_none_of_them() -> None:
    keys.seal(7, "host", {})
    for name in ("7 (copy).key", "old.key", "².key"):
        (keys.folder() / name).write_bytes(b"x" * 32)
    assert keys.kept() == [7]


def test_a_mailbox_has_one_tag_at_a_rally_and_another_at_the_next() -> None:
    one, same, other = (address(typed) for typed in ("maya@gmail.com", "M.aya+x@googlemail.com", "otto@example.net"))

    assert keys.rsvp_tag(7, one) == keys.rsvp_tag(7, same)
    assert len({keys.rsvp_tag(7, one), keys.rsvp_tag(7, other), keys.rsvp_tag(8, one)}) == 3


def test_a_campaign_knows_its_hosts_again_and_no_other_campaign_does() -> None:
    otto = address("otto@example.net")

    assert keys.host_tag("night-trains", otto) == keys.host_tag("night-trains", address("Otto@example.NET"))
    assert keys.host_tag("night-trains", otto) != keys.host_tag("clean-rivers", otto)
