"""Circulars: each address once, whoever dies; only who asked for them; nothing left afterwards."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle

import orjson
import pytest

from tests.cast import MAYA, OTTO, PILAR, RUI, Person
from tests.factories import signing
from tests.hanging import no_hang
from tests.signing.opened.conftest import NOW, Opened, many
from tocsin import db
from tocsin.campaigns import domain as campaigns
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State
from tocsin.outbox import domain as outbox
from tocsin.outbox.domain import claim
from tocsin.outbox.keys import opening_box
from tocsin.outbox.models import Letter, MailCap
from tocsin.outbox.sealing import open_letter
from tocsin.seal.epoch import SealBrokenError, epoch_id_of, new_key_pair, open_epoch
from tocsin.seal.tokens import manage_token
from tocsin.signing import domain
from tocsin.signing.models import Signature
from tocsin.signing.opened import circulars
from tocsin.signing.opened.circulars import Refusal, Words
from tocsin.signing.opened.door import lock
from tocsin.signing.opened.emails import CircularMails, plain_words, small_html
from tocsin.signing.opened.models import Act, Circular, CircularAddress, CircularState, VaultAct
from tocsin.vault import keeper
from tocsin.vault.models import CampaignKey

WORDS = Words({"en": "We meet the minister"}, {"en": "# News\n\n**Tomorrow** we [meet](https://example.org/x) her."})


def draft(vault: Opened, words: Words = WORDS) -> Circular:
    made = circulars.write(campaign=vault.campaign, user=vault.user, words=words)
    assert made is not None
    return made


def after_test(vault: Opened, words: Words = WORDS) -> Circular:
    made = draft(vault, words)
    assert circulars.send_test(circular=made, to="noor@example.org", now=NOW)
    Letter.objects.all().delete()
    made.refresh_from_db()
    return made


def started(vault: Opened, words: Words = WORDS) -> Circular:
    made = after_test(vault, words)
    refusal = circulars.start(
        circular=made, user=vault.user, door=vault.door.name, keys=vault.keys, ends_at=vault.ends_at, now=NOW
    )
    assert refusal is None
    made.refresh_from_db()
    return made


def informed(vault: Opened, people: list[Person], **more: object) -> list[bytes]:
    tokens = signing.counted(vault.campaign, people, keep_informed=True, **more)
    Letter.objects.all().delete()
    return tokens


def post_all(circular: Circular, vault: Opened, *, limit: int = circulars.BATCH) -> int:
    """Post batch after batch; return how many there were."""
    number = 0
    while circulars.post_batch(circular=circular, keys=vault.keys, now=NOW, limit=limit):
        number += 1
    return number


def contents() -> list[dict[str, object]]:
    return [
        orjson.loads(
            open_letter(opening_box(one.key_day), kind=one.kind, campaign=one.campaign, sealed=bytes(one.sealed))
        )
        for one in Letter.objects.order_by("id")
    ]


def addressed() -> list[str]:
    return sorted(str(content["to"]) for content in contents())


def test_it_goes_to_those_who_asked_for_it_and_confirmed(vault: Opened) -> None:
    informed(vault, [MAYA, OTTO])
    signing.counted(vault.campaign, [PILAR])
    signing.sign(vault.campaign, RUI, keep_informed=True)
    Letter.objects.all().delete()
    circular = started(vault)
    assert circulars.reach(circular) == 2
    post_all(circular, vault)
    assert addressed() == [MAYA.address, OTTO.address]


def test_a_consent_written_into_the_database_alone_is_none(vault: Opened) -> None:
    signing.counted(vault.campaign, [PILAR])
    Letter.objects.all().delete()
    Signature.objects.update(keep_informed=True)
    circular = started(vault)
    post_all(circular, vault)
    circular.refresh_from_db()
    assert (addressed(), circular.closed) == ([], 1)


def test_segments_by_country_and_language(vault: Opened) -> None:
    informed(vault, [MAYA, OTTO])
    informed(vault, [PILAR], language="es")
    for words, wanted in (
        (replace(WORDS, countries=("DE",)), [OTTO.address]),
        (replace(WORDS, languages=("es",)), [PILAR.address]),
        (replace(WORDS, countries=("DE",), languages=("es",)), []),
    ):
        circular = started(vault, words)
        assert circulars.reach(circular) == len(wanted)
        post_all(circular, vault)
        assert addressed() == wanted
        Letter.objects.all().delete()


def test_two_of_one_mailbox_get_one_letter(vault: Opened) -> None:
    informed(vault, [MAYA, replace(MAYA, name="Kenji Lindqvist")])
    circular = started(vault)
    post_all(circular, vault, limit=1)
    circular.refresh_from_db()
    assert (addressed(), circular.repeated) == ([MAYA.address], 1)


def test_who_never_wants_to_be_written_to_is_not(vault: Opened) -> None:
    tokens = informed(vault, [MAYA, OTTO])
    domain.stop_mails(token=tokens[0])
    circular = started(vault)
    post_all(circular, vault)
    circular.refresh_from_db()
    assert (addressed(), circular.never) == ([OTTO.address], 1)


def test_stopping_holds_for_a_letter_that_waits_already(vault: Opened) -> None:
    tokens = informed(vault, [MAYA, OTTO])
    post_all(started(vault), vault)
    domain.stop_mails(token=manage_token(tokens[0]))
    claimed = claim(provider="other", limit=10, lease_seconds=20, now=NOW)
    assert [letter.content["to"] for letter in claimed.letters] == [OTTO.address]


def test_caps_do_not_count_it(vault: Opened) -> None:
    informed(vault, [MAYA])
    for _ in range(4):
        post_all(started(vault), vault)
        assert len(claim(provider="other", limit=10, lease_seconds=20, now=NOW).letters) == 1
        Letter.objects.all().delete()
    assert MailCap.objects.count() == 0


def test_the_mail_holds_the_words_twice_and_the_way_out(vault: Opened) -> None:
    tokens = informed(vault, [MAYA])
    post_all(started(vault), vault)
    letters = claim(provider="other", limit=10, lease_seconds=20, now=NOW).letters
    [mail] = CircularMails().circular(letters, NOW)
    content = mail.content.decode()  # type: ignore[union-attr]  # it was not dropped
    for wanted in (
        "Subject: We meet the minister",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "/stop>",
        "Auto-Submitted: auto-generated",
    ):
        assert wanted in content
    assert "<img" not in content
    assert (plain_words(WORDS.body["en"]), "<strong>Tomorrow</strong>" in small_html(WORDS.body["en"])) == (
        "News\n\nTomorrow we meet: https://example.org/x her.",
        True,
    )
    domain.withdraw(token=tokens[0], now=NOW)
    assert [str(one.reason) for one in CircularMails().circular(letters, NOW)] == ["not needed"]  # type: ignore[union-attr]  # it was


def test_no_picture_and_no_shortcode_tells_who_reads() -> None:
    html = small_html("![x](https://evil.example/p.gif) <img src=//evil.example> [signaturelist] [a](javascript:x)")
    assert ("<img" in html, 'href="javascript:' in html, "signaturelist" in html) == (False, False, False)


def test_it_is_sent_only_once_its_words_were_tested(vault: Opened) -> None:
    circular = draft(vault)

    def start(keys: list[bytes]) -> Refusal | None:
        circular.refresh_from_db()
        return circulars.start(
            circular=circular, user=vault.user, door=vault.door.name, keys=keys, ends_at=vault.ends_at, now=NOW
        )

    assert start(vault.keys) is Refusal.NOT_TESTED
    circulars.send_test(circular=circular, to="noor@example.org", now=NOW)
    assert [letter.kind for letter in Letter.objects.all()] == [f"test.{circular.pk}"]
    circulars.write(campaign=vault.campaign, user=vault.user, words=replace(WORDS, subject={"en": "Other"}), draft=1)
    Circular.objects.filter(pk=circular.pk).update(subject={"en": "Other"})
    assert start(vault.keys) is Refusal.NOT_TESTED
    circular.refresh_from_db()
    circulars.send_test(circular=circular, to="noor@example.org", now=NOW)
    assert start([]) is Refusal.LOCKED
    assert start(vault.keys) is None
    assert start(vault.keys) is Refusal.NOT_A_DRAFT
    assert circulars.write(campaign=vault.campaign, user=vault.user, words=WORDS, draft=circular.pk) is None
    assert list(VaultAct.objects.values_list("act", flat=True)) == [Act.WROTE]


@pytest.mark.parametrize("dies_at", ["before", "inside"])
def test_aborted_at_batch_7_of_20_and_resumed_each_address_gets_it_once(
    vault: Opened, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    people = many(40)
    informed(vault, people)
    circular = started(vault)
    for _ in range(6):
        assert circulars.post_batch(circular=circular, keys=vault.keys, now=NOW, limit=2)
    if dies_at == "inside":
        with monkeypatch.context() as broken:
            broken.setattr(circulars, "_count", _die)
            with pytest.raises(KeyboardInterrupt):
                circulars.post_batch(circular=circular, keys=vault.keys, now=NOW, limit=2)
    assert len(addressed()) == 12
    again = Circular.objects.select_related("campaign").get(pk=circular.pk)
    post_all(again, vault, limit=2)
    assert addressed() == sorted(person.address for person in people)


def _die(*_args: object) -> None:
    raise KeyboardInterrupt


def test_two_workers_post_each_address_once(vault: Opened) -> None:
    informed(vault, many(20))
    circular = started(vault)
    stale = Circular.objects.select_related("campaign").get(pk=circular.pk)
    for worker in cycle([circular, stale]):
        if not circulars.post_batch(circular=worker, keys=vault.keys, now=NOW, limit=3):
            break
    assert set(Counter(addressed()).values()) == {1}


def test_closing_the_campaign_meanwhile_loses_nobody_and_repeats_nobody(vault: Opened) -> None:
    people = many(20)
    informed(vault, people)
    circular = started(vault)
    for _ in range(3):
        circulars.post_batch(circular=circular, keys=vault.keys, now=NOW, limit=3)
    Campaign.objects.filter(pk=vault.campaign.pk).update(state=State.CLOSED)
    with db.transaction():
        domain.forget_tags(vault.campaign.pk)
    post_all(circular, vault, limit=3)
    assert addressed() == sorted(person.address for person in people)


def test_pausing_keeps_the_letters_and_resuming_lets_them_go(vault: Opened) -> None:
    informed(vault, many(6))
    circular = started(vault)
    circulars.post_batch(circular=circular, keys=vault.keys, now=NOW, limit=4)
    assert circulars.pause(circular=circular, now=NOW)
    assert not circulars.pause(circular=circular, now=NOW)
    assert not circulars.post_batch(circular=circular, keys=vault.keys, now=NOW)
    assert claim(provider="other", limit=10, lease_seconds=20, now=NOW + timedelta(days=3)).letters == []
    assert _resume(circular, vault) is None
    post_all(circular, vault)
    assert len(claim(provider="other", limit=10, lease_seconds=20, now=NOW).letters) == 6


def test_a_letter_in_a_workers_hands_is_not_sent_by_a_second_one(vault: Opened) -> None:
    informed(vault, many(2))
    circular = started(vault)
    post_all(circular, vault)
    in_hands = claim(provider="other", limit=1, lease_seconds=20, now=NOW).letters
    circulars.pause(circular=circular, now=NOW)
    _resume(circular, vault)
    others = claim(provider="other", limit=10, lease_seconds=20, now=NOW).letters
    assert {letter.id for letter in in_hands} & {letter.id for letter in others} == set()


def _resume(circular: Circular, vault: Opened) -> Refusal | None:
    circular.refresh_from_db()
    return circulars.resume(circular=circular, door=vault.door.name, keys=vault.keys, ends_at=vault.ends_at, now=NOW)


def test_cancelling_takes_back_what_waits(vault: Opened) -> None:
    informed(vault, many(5))
    circular = started(vault)
    circulars.post_batch(circular=circular, keys=vault.keys, now=NOW, limit=3)
    assert circulars.cancel(circular=circular, now=NOW)
    assert (Letter.objects.count(), CircularAddress.objects.count()) == (0, 0)
    assert [(line.posted, line.taken_back) for line in circular.counts.all()] == [(3, 3)]
    assert not circulars.cancel(circular=circular, now=NOW)
    assert _resume(circular, vault) is Refusal.NOT_A_DRAFT


def test_the_worker_sends_while_the_vault_is_open_and_leaves_nothing(vault: Opened) -> None:
    informed(vault, many(5))
    circular = started(vault)
    assert circulars.work(now=lambda: NOW)
    assert len(addressed()) == 5
    assert not circulars.work(now=lambda: NOW)
    assert _state(circular) == CircularState.SENDING
    for letter in claim(provider="other", limit=10, lease_seconds=20, now=NOW).letters:
        outbox.remove_sent([letter.id])
    circulars.work(now=lambda: NOW)
    assert (_state(circular), CircularAddress.objects.count()) == (CircularState.SENT, 0)


@pytest.mark.parametrize("how", ["locked by hand", "its time is over"])
def test_a_vault_that_locks_pauses_it_and_another_unlocking_goes_on(vault: Opened, how: str) -> None:
    informed(vault, many(5))
    circular = started(vault)
    circulars.post_batch(circular=circular, keys=vault.keys, now=NOW, limit=2)
    later: datetime = NOW
    if how == "locked by hand":
        lock(door=vault.door, now=NOW)
    else:
        keeper.drop_all(vault.door.name)
        later = vault.ends_at
    circulars.work(now=lambda: later)
    circular.refresh_from_db()
    assert (circular.state, circular.is_locked, len(addressed())) == (CircularState.PAUSED, True, 2)
    vault.unlock()
    assert _resume(circular, vault) is None
    circulars.work(now=lambda: NOW)
    assert len(addressed()) == 5


def test_an_older_key_alone_still_sends_after_an_exchange(vault: Opened) -> None:
    informed(vault, many(3))
    CampaignKey.objects.filter(campaign=vault.campaign.pk).update(public=new_key_pair()[1])
    started(vault)
    circulars.work(now=lambda: NOW)
    assert len(addressed()) == 3


def test_another_key_does_not_go_on_and_says_so(vault: Opened) -> None:
    informed(vault, many(3))
    circular = started(vault)
    circulars.post_batch(circular=circular, keys=vault.keys, now=NOW, limit=2)
    other = new_key_pair()[0]
    assert not circulars.post_batch(circular=circular, keys=[other], now=NOW)
    circular.refresh_from_db()
    assert (circular.state, circular.is_locked) == (CircularState.PAUSED, True)
    go_on = partial(circulars.resume, circular=circular, door=vault.door.name, ends_at=vault.ends_at, now=NOW)
    assert go_on(keys=[other]) is Refusal.OTHER_KEY
    assert go_on(keys=[other, *vault.keys]) is None


def test_once_all_is_posted_the_vault_may_lock(vault: Opened) -> None:
    informed(vault, many(3))
    circular = started(vault)
    post_all(circular, vault)
    lock(door=vault.door, now=NOW)
    assert _state(circular) == CircularState.SENDING


def test_nothing_in_the_database_tells_an_address_by_its_mark(vault: Opened) -> None:
    informed(vault, [MAYA])
    circular = started(vault)
    post_all(circular, vault)
    other = started(vault)
    post_all(other, vault)
    marks = list(CircularAddress.objects.values_list("mark", flat=True))
    assert len({bytes(mark) for mark in marks}) == 2
    with pytest.raises(SealBrokenError):
        _open_mark_with_nothing(circular)


def _open_mark_with_nothing(circular: Circular) -> None:
    stranger, _ = new_key_pair()
    circular.refresh_from_db()
    epoch_id = epoch_id_of(bytes(circular.mark_row))
    open_epoch(stranger, f"tocsin/circular/{circular.pk}", epoch_id, bytes(circular.mark_epoch))


def _state(circular: Circular) -> str:
    circular.refresh_from_db()
    return circular.state


def test_a_closed_campaign_can_still_be_written_to(vault: Opened) -> None:
    informed(vault, [MAYA])
    campaigns.close_campaign(campaign=vault.campaign, forget_tags=domain.forget_tags, now=NOW)
    Letter.objects.all().delete()
    circular = started(vault)
    post_all(circular, vault)
    assert addressed() == [MAYA.address]


@pytest.mark.parametrize("piece", ["[", "[a](b", "**a", "[a"])
def test_no_text_of_brackets_makes_it_hang(piece: str) -> None:
    with no_hang():
        plain_words(piece * (100_000 // len(piece)))
