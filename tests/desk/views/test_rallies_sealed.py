"""Rallies while this server's keys are sealed: what needs a mail is not done at all, and says so; the rest works."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import MAYA
from tests.factories import rallies as factory
from tests.rallies.domain.comers import comes
from tocsin.campaigns.models import Campaign
from tocsin.kit import keyfiles
from tocsin.kit.keyfiles import KeysSealedError
from tocsin.outbox import keys as outbox_keys
from tocsin.outbox.models import Letter
from tocsin.rallies.models import Rally, TrustedHost
from tocsin.rallies.states import DateState, State

SAID = "Nothing was done: the keys of this server are sealed."


class Locked:
    """A store that nobody has opened."""

    def read(self, path: Path) -> bytes:
        raise KeysSealedError

    def make(self, path: Path, key: bytes) -> None:
        raise KeysSealedError

    def destroy(self, path: Path) -> bool:
        raise KeysSealedError

    def paths(self, folder: Path) -> list[Path]:
        return []

    def is_locked(self) -> bool:
        return True


def in_2027(campaign: Campaign, state: State) -> Rally:
    rally = factory.rally(campaign=campaign, state=state, first_on=factory.details().first_on.replace(year=2027))
    factory.host(rally)
    return rally


def lock(monkeypatch: pytest.MonkeyPatch) -> None:
    outbox_keys.sealing_box.cache_clear()
    monkeypatch.setattr(keyfiles, "_choices", [lambda _folder: Locked()])


@pytest.mark.parametrize("act", ["refuse", "approve", "trust"])
def test_what_needs_a_mail_is_not_done(
    campaign: Campaign, desk: Client, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    rally = in_2027(campaign, State.ANNOUNCED)
    comes(rally.occurrences.get(), MAYA)
    with monkeypatch.context() as sealed:
        lock(sealed)
        form = {"act": act, "rallies": [rally.pk]}
        page = desk.post(reverse("desk:rally-queue", args=[campaign.slug]), form, follow=True)
    rally.refresh_from_db()
    assert (page.status_code, SAID in page.content.decode(), rally.state) == (200, True, State.ANNOUNCED)
    assert (Letter.objects.count(), TrustedHost.objects.count()) == (0, 0)


def test_a_rally_to_which_nobody_comes_is_refused_all_the_same(
    campaign: Campaign, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rally = in_2027(campaign, State.ANNOUNCED)
    lock(monkeypatch)
    desk.post(reverse("desk:rally-queue", args=[campaign.slug]), {"act": "refuse", "rallies": [rally.pk]})
    rally.refresh_from_db()
    assert rally.state == State.REFUSED


def test_a_date_is_not_postponed_behind_the_backs_of_those_who_come(
    campaign: Campaign, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rally = in_2027(campaign, State.APPROVED)
    date = rally.occurrences.get()
    comes(date, MAYA)
    at = reverse("desk:rally-date", args=[campaign.slug, rally.pk, date.pk])
    with monkeypatch.context() as sealed:
        lock(sealed)
        page = desk.post(at, {"act": "postpone", "note": "Snow"}, follow=True).content.decode()
    date.refresh_from_db()
    assert (SAID in page, date.state, Letter.objects.count()) == (True, DateState.STANDS, 0)
    desk.post(at, {"act": "postpone", "note": "Snow"})
    date.refresh_from_db()
    assert (date.state, Letter.objects.count()) == (DateState.POSTPONED, 1)
