"""Fills the demo: its campaign, and a few thousand made-up people who sign by the real verbs."""

import functools
import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import resources

import orjson

from tocsin import db
from tocsin.campaigns import domain as campaigns
from tocsin.campaigns.campaign_file import read_campaign_file
from tocsin.campaigns.models import User
from tocsin.cli.demo.people import Crowd, Person, read_crowd
from tocsin.cli.demo.rallies import announce_one, rally_tables, report_headcounts
from tocsin.kit import addresses
from tocsin.kit.addresses import Address
from tocsin.outbox import domain as outbox
from tocsin.outbox.keys import opening_box
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import LetterRow, open_letter
from tocsin.rallies.campaign_file import RALLIES
from tocsin.seal.tokens import from_text
from tocsin.signing import domain as signing
from tocsin.signing import queries
from tocsin.signing.domain import Filled, Taken
from tocsin.signing.intake import Intake, load_intake
from tocsin.signing.states import Hold
from tocsin.tally import domain as tally
from tocsin.tally.log import own_log

SIGNATORIES = 3_200
_DAYS = 21
_BATCH = 200
_LOT = 20_261_122  # the same people in every demo
# One in so many is held, never confirms, gives a reason.
_HELD, _PENDING, _REASON = 60, 45, 130
_REASONS_SHOWN = 13
_OF_TEN_SHOW_NAME, _OF_TEN_SAY_WHERE, _OF_TEN_WANT_NEWS = 6, 7, 3


def seed(*, slug: str, organiser: str, password: str, passphrase: str, now: datetime) -> None:
    """Put the campaign up, open it, and let the made-up people sign over the last three weeks."""
    owner = User.objects.create_user(organiser, password)
    source = resources.files("tocsin.cli.demo").joinpath(f"{slug}.toml").read_text(encoding="utf-8")
    file = read_campaign_file(f"{source}\n{rally_tables(now)}".encode(), [RALLIES])
    campaign = campaigns.import_campaign(file=file, owner=owner, now=now)
    campaigns.open_alone(campaign=campaign, label="Demo organiser", passphrase=passphrase, now=now)
    campaign.refresh_from_db()
    intake = load_intake(campaign)
    if intake is None:
        message = "the demo's campaign has no published text"
        raise RuntimeError(message)
    _Filling(intake, read_crowd()).run(now)
    for line in list(queries.waiting_reasons(campaign.pk, limit=_REASONS_SHOWN)):
        signing.show_reason(campaign=campaign, line=queries.cursor_of(line))
    report_headcounts(campaign, now)
    announce_one(campaign, now)
    signing.refresh_country_counts(now=now)
    signing.refresh_text_counts(now=now)
    campaigns.touch(campaign=campaign)


class _Filling:
    """The made-up people, and the lot that decides about them."""

    def __init__(self, intake: Intake, crowd: Crowd) -> None:
        self._intake = intake
        self._lot = random.Random(_LOT)  # noqa: S311  made-up people, no secrets
        self._crowd = crowd
        self._reasons = {language: list(reasons) for language, reasons in crowd.reasons.items()}

    def run(self, now: datetime) -> None:
        crowd = enumerate(itertools.islice(self._crowd.people(self._lot), SIGNATORIES), start=1)
        for batch in _batches(crowd):
            moment = now - timedelta(days=_DAYS * (1 - batch[-1][0] / SIGNATORIES))
            taken = [self._take(number, person, moment) for number, person in batch]
            with db.transaction():
                signing.store(taken)
            opened = [one for (number, _), one in zip(batch, taken, strict=True) if number % _PENDING]
            signing.confirm(tokens=[_token_in(one.letter) for one in opened], now=moment)
            tally.advance(count=signing.count)
            tally.publish(log=own_log(), now=moment)
        # Nobody reads mail at these addresses: the mailbox begins with the newcomer's own.
        Letter.objects.all().delete()
        outbox.destroy_spent_keys(now=now)

    def _take(self, number: int, person: Person, moment: datetime) -> Taken:
        filled = Filled(
            name=person.name,
            address=_address(person),
            text=self._intake.texts[person.language],
            language=person.language,
            country=person.country,
            place=person.place if self._falls_to(_OF_TEN_SAY_WHERE) else "",
            reason=self._reason(number, person.language),
            shows_name=self._falls_to(_OF_TEN_SHOW_NAME),
            keep_informed=self._falls_to(_OF_TEN_WANT_NEWS),
        )
        return signing.take(intake=self._intake, filled=filled, hold=_hold(number), proof=None, now=moment)

    def _falls_to(self, of_ten: int) -> bool:
        return self._lot.randrange(10) < of_ten

    def _reason(self, number: int, language: str) -> str:
        """Return a reason that nobody has given yet, now and then."""
        if number % _REASON or not self._reasons[language]:
            return ""
        return self._reasons[language].pop(0)


def _batches(crowd: Iterator[tuple[int, Person]]) -> Iterator[list[tuple[int, Person]]]:
    while batch := list(itertools.islice(crowd, _BATCH)):
        yield batch


def _address(person: Person) -> Address:
    address = addresses.parse(person.address)
    if address is None:
        message = f"made up an address that is none: {person.address}"
        raise RuntimeError(message)
    return address


def _hold(number: int) -> Hold | None:
    if number % _HELD:
        return None
    return Hold.NETWORK_RATE if number % (2 * _HELD) else Hold.DISPOSABLE_DOMAIN


_opening_box = functools.cache(opening_box)  # three thousand letters of three weeks


def _token_in(letter: LetterRow) -> bytes:
    """Return the token that a letter carries, as its addressee reads it."""
    kind, campaign, _, _, _, day, sealed, _, _ = letter
    content = orjson.loads(open_letter(_opening_box(day), kind=kind, campaign=campaign, sealed=sealed))
    token = from_text(content["t"])
    if token is None:
        message = "a letter without a token"
        raise RuntimeError(message)
    return token
