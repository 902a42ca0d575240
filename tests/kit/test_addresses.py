"""Addresses: what can receive mail, which spellings are one mailbox, what looks mistyped."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hanging import no_hang
from tests.slips import NO_SLIPS, SLIPS
from tocsin.kit import addresses
from tocsin.kit.addresses import Address, parse
from tocsin.kit.mail_domains import (
    DISPOSABLE,
    IGNORED_IN_LOCAL,
    OFTEN_MISTYPED,
    PROVIDER_OF,
    REAL_NEIGHBOURS,
    SAME_MAILBOX,
)

WORD = st.text(alphabet="abcz019", min_size=1, max_size=5)
LOCALS = st.lists(WORD, min_size=1, max_size=3).flatmap(
    lambda words: st.sampled_from(".+_-").map(lambda separator: separator.join(words))
)
DOMAINS = st.sampled_from(["example.org", "gmail.com", "googlemail.com", "proton.me", "web.de", "sub.example.co.uk"])


def folded(raw: str) -> str:
    address = parse(raw)
    assert address is not None, raw
    return address.folded


def mailbox(raw: str) -> str:
    address = parse(raw)
    assert address is not None, raw
    return address.mailbox


def slip(raw: str) -> str | None:
    address = parse(raw)
    assert address is not None, raw
    return addresses.likely_slip(address)


def test_an_ordinary_address_is_kept_as_typed() -> None:
    assert parse("  Maya.Lindqvist+Trains@Example.ORG \n") == Address(
        typed="Maya.Lindqvist+Trains@Example.ORG", folded="maya.lindqvist@example.org", domain="example.org"
    )


@pytest.mark.parametrize(
    "raw",
    [
        "maya@example.org",
        "m@x.io",
        "o'brien@example.ie",
        "a/b=c@example.org",
        "_@example.org",
        "maya@a-b.example.museum",
        "maya@1and1.com",
        "maya@xn--bcher-kva.example",
        "maya@bücher.example",
        "maya@пример.рф",
        "用户@例え.jp",
        "josé@example.org",
        f"{'a' * 64}@example.org",
    ],
)
def test_what_could_receive_mail_is_taken(raw: str) -> None:
    address = parse(raw)

    assert address is not None
    assert address.typed == raw
    assert address.domain.isascii()


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "maya",
        "@example.org",
        "maya@",
        "maya@localhost",
        "maya@example",
        "maya@example.org.",
        "maya@.example.org",
        "maya@example..org",
        "maya@-example.org",
        "maya@example-.org",
        "maya@exa_mple.org",
        "maya@example.o",
        "maya@example.123",
        "maya@[127.0.0.1]",
        "maya@127.0.0.1",
        "maya@@example.org",
        "maya@home@example.org",
        ".maya@example.org",
        "maya.@example.org",
        "ma..ya@example.org",
        "ma ya@example.org",
        '"ma ya"@example.org',
        "Maya <maya@example.org>",
        "mailto:maya@example.org?cc=otto@example.org",
        "maya@example.org, otto@example.org",
        "maya@example.org\nBcc: otto@example.org",
        "maya@example.org\r\nSubject: hello",
        "ma\x00ya@example.org",
        "maya@exam\u200bple.org/",
        "ma\u202eya@example.org",
        "ma\u200bya@example.org",
        "ma\ud800ya@example.org",
        "maya@xn--.org",
        "maya@xn--a.example",
        "maya＠",
        "．maya＠example.org",
        f"{'a' * 65}@example.org",
        f"maya@{'a' * 64}.org",
        f"maya@{'a.' * 126}org",
        f"{'é' * 33}@example.org",
    ],
)
def test_what_no_mail_could_reach_is_none(raw: str) -> None:
    assert parse(raw) is None


def test_the_longest_address_is_254_characters() -> None:
    domain = f"{'a' * 61}.{'b' * 61}.{'c' * 61}.org"
    local = "x" * (254 - len(domain) - 1)

    assert parse(f"{local}@{domain}") is not None
    assert parse(f"{local}x@{domain}") is None


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "ab@gmail.com",
            "a.b@gmail.com",
            "ab+x@googlemail.com",
            "AB@GMAIL.COM",
            "ａｂ＠ｇｍａｉｌ．ｃｏｍ",
            "a.b+x+y@GoogleMail.com",
        ),
        ("maya@proton.me", "maya@protonmail.com", "m.a-y_a@pm.me"),
        ("maya@icloud.com", "maya@me.com", "maya+petition@mac.com"),
        ("maya@yandex.ru", "maya@ya.ru", "maya@yandex.com"),
        ("jos\u00e9@example.org", "jose\u0301@example.org", "JOSÉ@example.org"),
        ("maya@bücher.example", "maya@BÜCHER.example", "maya@bu\u0308cher.example", "maya@xn--bcher-kva.example"),
        ("maya@example.org", "MAYA+a@EXAMPLE.ORG", "ｍａｙａ@example。org"),
    ],
    ids=lambda spellings: spellings[0],
)
def test_spellings_of_one_mailbox_fold_to_one_and_are_each_kept_as_typed(spellings: tuple[str, ...]) -> None:
    assert {folded(spelling) for spelling in spellings} == {folded(spellings[0])}
    assert [parse(spelling).typed for spelling in spellings] == list(spellings)  # type: ignore[union-attr]  # parsed above


@pytest.mark.parametrize(
    "one, other",
    [
        ("maya@example.org", "maya@example.com"),
        ("a.b@example.org", "ab@example.org"),
        ("maya@hotmail.com", "maya@outlook.com"),
        ("maya@gmx.de", "maya@gmx.net"),
        ("a-b@gmail.com", "ab@gmail.com"),
        ("maya@example.org", "maya@mail.example.org"),
        ("+@example.org", "maya@example.org"),
        ("e\u0301@example.org", "e@example.org"),
    ],
)
def test_two_mailboxes_stay_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    "one, other, are_one",
    [
        ("maya@example.org", "MAYA@Example.ORG", True),
        ("maya@bücher.example", "Maya@xn--bcher-kva.example", True),
        ("jose\u0301@example.org", "José@example.org", True),
        ("m.aya+x@googlemail.com", "maya@gmail.com", True),
        ("maya+x@pm.me", "maya@proton.me", True),
        ("maya+x@example.org", "maya@example.org", False),
        ("straße@example.org", "strasse@example.org", False),
        ("ｍａｙａ@gmail.com", "maya@gmail.com", False),
        ("m.aya@example.org", "maya@example.org", False),
    ],
)
def test_only_what_is_one_mailbox_for_certain_may_see_what_the_other_has(one: str, other: str, are_one: bool) -> None:
    assert (mailbox(one) == mailbox(other)) is are_one


def test_an_address_that_is_all_suffix_keeps_it() -> None:
    assert folded("+trains@example.org") == "+trains@example.org"


@given(LOCALS, DOMAINS)
def test_folding_what_is_folded_changes_nothing(local: str, domain: str) -> None:
    once = folded(f"{local}@{domain}")

    assert folded(once) == once


@given(LOCALS, DOMAINS, st.text(alphabet="abc1.-_+", min_size=0, max_size=5))
def test_neither_case_nor_suffix_nor_width_makes_another_mailbox(local: str, domain: str, suffix: str) -> None:
    tidy = ".".join(part for part in suffix.split(".") if part)  # dots never stand alone, or two together
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in f"{local}@{domain}")

    assert folded(f"{local.upper()}+x{tidy}@{domain.upper()}") == folded(f"{local}@{domain}")
    assert folded(wide) == folded(f"{local}@{domain}")


@given(st.text(max_size=80))
def test_no_text_breaks_the_parser(raw: str) -> None:
    address = parse(raw)

    assert address is None or (address.typed == raw.strip() and not any(char.isspace() for char in address.typed))


@given(st.text(alphabet="aé@.＠+\u0301ｇ-", max_size=20))
def test_what_is_taken_can_be_written_to(raw: str) -> None:
    wire = addresses.wire_form(raw)

    if wire is None:
        assert parse(raw) is None
    else:
        local, _, domain = wire.rpartition("@")
        assert raw.strip().startswith(local)
        assert domain.isascii()


def test_smtp_gets_the_local_part_as_typed_and_the_domain_in_ascii() -> None:
    assert addresses.wire_form("Maya.L+x@BÜCHER.example") == "Maya.L+x@xn--bcher-kva.example"
    assert addresses.wire_form("no address") is None


@pytest.mark.parametrize("typed, meant", SLIPS.items())
def test_a_likely_slip_is_asked_about_with_the_whole_address_meant(typed: str, meant: str) -> None:
    assert slip(typed) == meant


@pytest.mark.parametrize("domain", sorted({*PROVIDER_OF, *OFTEN_MISTYPED, *REAL_NEIGHBOURS, *SAME_MAILBOX}))
def test_a_domain_known_to_be_real_is_never_asked_about(domain: str) -> None:
    assert slip(f"maya@{domain}") is None


@pytest.mark.parametrize("typed", NO_SLIPS)
def test_other_addresses_are_left_alone(typed: str) -> None:
    assert slip(typed) is None


def test_what_a_slip_suggests_is_itself_no_slip() -> None:
    for raw in ("maya@gmial.com", "maya@example.con", "ｍａｙａ@gmial.con"):
        suggested = slip(raw)
        assert suggested is not None
        assert slip(suggested) is None


def test_disposable_mailboxes_are_known_with_their_subdomains() -> None:
    assert addresses.is_disposable("mailinator.com")
    assert addresses.is_disposable("any.thing.mailinator.com")
    assert not addresses.is_disposable("mailinator.com.example")
    assert not addresses.is_disposable("example.org")
    assert not addresses.is_disposable("com")
    assert not addresses.is_disposable("")


def test_the_list_of_disposable_domains_is_a_large_frozen_set() -> None:
    assert isinstance(DISPOSABLE, frozenset)
    assert len(DISPOSABLE) > 5_000


@pytest.mark.parametrize("domain", sorted(PROVIDER_OF))
def test_no_well_known_provider_is_disposable(domain: str) -> None:
    assert not addresses.is_disposable(domain)


def test_a_slip_in_the_list_does_not_hold_a_whole_providers_signatories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "DISPOSABLE", frozenset({"gmail.com", "mailinator.com"}))

    assert not addresses.is_disposable("gmail.com")
    assert addresses.is_disposable("mailinator.com")


def test_providers_are_known_by_who_runs_them() -> None:
    named = {
        domain: addresses.provider_of(domain) for domain in ("gmail.com", "googlemail.com", "hotmail.fr", "msn.com")
    }

    assert named == {
        "gmail.com": "google",
        "googlemail.com": "google",
        "hotmail.fr": "microsoft",
        "msn.com": "microsoft",
    }
    assert addresses.provider_of("example.org") == "other"
    assert addresses.provider_of("mail.gmail.com.example") == "other"


def test_the_facts_about_domains_fit_each_other() -> None:
    first_names = set(SAME_MAILBOX.values())

    assert not first_names & set(SAME_MAILBOX)
    assert first_names <= set(PROVIDER_OF)
    assert set(SAME_MAILBOX) <= set(PROVIDER_OF)
    assert all(PROVIDER_OF[one] == PROVIDER_OF[first] for one, first in SAME_MAILBOX.items())
    assert set(IGNORED_IN_LOCAL) <= first_names
    assert set(OFTEN_MISTYPED) <= set(PROVIDER_OF)
    assert not REAL_NEIGHBOURS & set(PROVIDER_OF)
    assert all(domain == unicodedata.normalize("NFC", domain).lower() for domain in PROVIDER_OF)


@pytest.mark.parametrize(
    "raw",
    [
        "a" * 100_000,
        "a." * 50_000,
        "@" * 100_000,
        "a@" + "a." * 50_000,
        "a@" + "a-" * 50_000,
        "é" * 100_000 + "@x.org",
        "a." * 126,
        "a@" + "-" * 250,
        "a@" + "a-" * 125,
        "a@" + "é." * 126,
        "\u0301" * 120 + "@" + "\u0301" * 120,
    ],
    ids=range(11),
)
def test_no_hostile_text_makes_it_hang(raw: str) -> None:
    with no_hang():
        assert parse(raw) is None
