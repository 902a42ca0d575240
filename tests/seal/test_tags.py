"""Tags show that an address has signed one campaign, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from tocsin.seal.tags import TAG_BYTES, address_tag, name_tag

GOLDEN = vectors.load("sealing")["tags"]
PEPPER = bytes.fromhex(GOLDEN["pepper"])
WORDS = st.text(max_size=20)


def test_the_fixed_tags_come_out() -> None:
    campaign, address, name = GOLDEN["campaign"], GOLDEN["folded_address"], GOLDEN["folded_name"]

    assert address_tag(PEPPER, campaign, address).hex() == GOLDEN["tag"]
    assert name_tag(PEPPER, campaign, address, name).hex() == GOLDEN["name_tag"]


def test_one_address_has_unlike_tags_in_two_campaigns_and_under_two_peppers() -> None:
    here = address_tag(PEPPER, "demo", "ana@example.org")

    assert address_tag(PEPPER, "other", "ana@example.org") != here
    assert address_tag(bytes(32), "demo", "ana@example.org") != here
    assert len(here) == TAG_BYTES


@given(WORDS, WORDS, WORDS, WORDS)
def test_a_name_cannot_be_shifted_into_the_address(
    address: str, name: str, other_address: str, other_name: str
) -> None:
    one = name_tag(PEPPER, "demo", address, name)
    other = name_tag(PEPPER, "demo", other_address, other_name)

    assert (one == other) == ((address, name) == (other_address, other_name))


def test_a_tag_of_an_address_is_no_tag_of_a_name() -> None:
    assert address_tag(PEPPER, "demo", "ana@example.org") != name_tag(PEPPER, "demo", "ana@example.org", "")
