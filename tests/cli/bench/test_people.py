"""cli.bench.people and proofs: a benchmark's people are taken as anybody else is."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

import altcha
import pytest

from tests.factories.signing import intake_of, open_campaign
from tocsin.cli.bench.people import client_of, confirm_request, form_of, page_request, sign_request
from tocsin.cli.bench.proofs import ProofMaker
from tocsin.kit.addresses import parse
from tocsin.lane.limits import LimitCounters, Limits
from tocsin.lane.proof import ProofFlaw, ProofKeys, verify
from tocsin.signing.domain import Filled, Proof
from tocsin.signing.forms import read_sign_form

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
KEYS = ProofKeys(b"c" * 32, b"d" * 32)
MAKER = ProofMaker(challenge=KEYS.challenge, derived=KEYS.derived, campaign="bench")
EXPIRES = int(NOW.timestamp()) + 60


def test_everybodys_form_is_filled_in_rightly(db: None) -> None:
    intake = intake_of(open_campaign())
    for number in range(2_000):
        read = read_sign_form(form_of(number), fields=intake.form, text=intake.texts["en"], language="en")
        assert isinstance(read, Filled), (number, read)


def test_nobody_is_held_for_their_network_domain_or_address() -> None:
    limits = LimitCounters(Limits(network=15, domain=30, address=3))
    for number in range(20_000):
        address = parse(form_of(number)["email"])
        assert address is not None
        assert limits.check(campaign=1, client=client_of(number), address=address, now=NOW) is None


def test_people_come_from_many_networks_and_mail_domains() -> None:
    networks = {client_of(number).rpartition(".")[0] for number in range(20_000)}
    domains = {form_of(number)["email"].partition("@")[2] for number in range(20_000)}
    assert len(networks) == 20_000
    assert len(domains) > 2_000


def test_a_proof_made_in_bulk_is_the_servers_own() -> None:
    assert isinstance(verify(KEYS, MAKER.solved(EXPIRES), "bench", NOW), Proof)
    assert verify(KEYS, MAKER.solved(EXPIRES), "another", NOW) is ProofFlaw.PROOF_OF_ANOTHER_CAMPAIGN
    assert verify(ProofKeys(b"x" * 32, b"d" * 32), MAKER.solved(EXPIRES), "bench", NOW) is ProofFlaw.PROOF_FORGED


def test_altcha_itself_takes_that_proof() -> None:
    future = int(datetime.now(UTC).timestamp()) + 60
    verdict = altcha.verify_solution(MAKER.solved(future), hmac_secret=KEYS.challenge, hmac_key_secret=KEYS.derived)
    assert (verdict.verified, verdict.error) == (True, None)


def test_every_proof_is_another() -> None:
    assert len({MAKER.solved(EXPIRES) for _ in range(50)}) == 50


def test_a_sign_request_holds_the_form_and_what_the_page_hid() -> None:
    head, _, body = sign_request(8000, "/en/bench/sign", 7, {"text_hash": "ab", "altcha": "a+b/c="}).partition(
        b"\r\n\r\n"
    )
    fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    assert fields == form_of(7) | {"text_hash": "ab", "altcha": "a+b/c="}
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /en/bench/sign HTTP/1.1"
    assert {"Host: 127.0.0.1:8000", f"Content-Length: {len(body)}", f"X-Forwarded-For: {client_of(7)}"} <= set(lines)


@pytest.mark.parametrize(
    "request_bytes,first,last",
    [
        (confirm_request(80, b"abc", 1), b"POST /c/abc HTTP/1.1", b"consent=yes"),
        (page_request(80, "/en/bench/"), b"GET /en/bench/ HTTP/1.1", b""),
    ],
)
def test_other_requests_are_whole(request_bytes: bytes, first: bytes, last: bytes) -> None:
    head, _, body = request_bytes.partition(b"\r\n\r\n")
    assert (head.split(b"\r\n")[0], body) == (first, last)
