"""Open campaigns, and signatures at every station of their way, made by the real verbs."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from tests import factories
from tests.cast import MAYA, Person
from tests.factories.campaigns import published_appeal
from tests.factories.vault import campaign_key
from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State
from tocsin.kit import addresses
from tocsin.outbox.keys import opening_box
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter
from tocsin.seal.tokens import from_text
from tocsin.signing import domain as signing
from tocsin.signing.domain import Filled, Outcome, Proof, Taken
from tocsin.signing.intake import Intake, load_intake
from tocsin.signing.states import Hold
from tocsin.tally import domain as tally
from tocsin.tally.log import own_log

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)


def open_campaign(slug: str = "night-trains", **more: object) -> Campaign:
    """Store a campaign that people can sign, with a key, an appeal and a privacy text."""
    campaign: Campaign = factories.CampaignFactory.create(slug=slug, **more)
    campaign_key(campaign.pk)
    published_appeal(campaign)
    factories.PrivacyVersionFactory.create(campaign=campaign)
    Campaign.objects.filter(pk=campaign.pk).update(state=State.OPEN)
    campaign.refresh_from_db()
    return campaign


def intake_of(campaign: Campaign) -> Intake:
    """Return what taking needs to know of an open campaign."""
    intake = load_intake(campaign)
    assert intake is not None
    return intake


def filled(intake: Intake, person: Person = MAYA, **more: object) -> Filled:
    """Return the form as `person` fills it in."""
    address = addresses.parse(person.address)
    assert address is not None
    values: dict[str, object] = {"country": person.country, "language": "en"} | more
    return Filled(name=person.name, address=address, text=intake.texts["en"], **values)  # type: ignore[arg-type]  # a test's shorthand


class Signer(NamedTuple):
    """A pending signature and the token in its mail."""

    taken: Taken
    token: bytes


def sign(
    campaign: Campaign,
    person: Person = MAYA,
    *,
    hold: Hold | None = None,
    proof: Proof | None = None,
    now: datetime = NOW,
    **more: object,
) -> Signer:
    """Take and store one signature; return it with the token that only the mail holds."""
    intake = intake_of(campaign)
    taken = signing.take(intake=intake, filled=filled(intake, person, **more), hold=hold, proof=proof, now=now)
    with db.transaction():
        assert signing.store([taken]) == [True]
    return Signer(taken, token_in_mail(campaign))


def token_in_mail(campaign: Campaign) -> bytes:
    """Return the token in the newest letter of a campaign, as its addressee reads it."""
    letter = Letter.objects.filter(campaign=campaign.pk).latest("id")
    content = open_letter(
        opening_box(letter.key_day), kind=letter.kind, campaign=letter.campaign, sealed=bytes(letter.sealed)
    )
    token = from_text(orjson.loads(content)["t"])
    assert token is not None
    return token


def confirm(*tokens: bytes, now: datetime = NOW) -> list[Outcome]:
    """Press the button for each of `tokens`, all in one batch."""
    return [confirmed.outcome for confirmed in signing.confirm(tokens=tokens, now=now)]


def count() -> tally.Advance:
    """Let the sequencer take one step, and publish it."""
    done = tally.advance(count=signing.count)
    tally.publish(log=own_log(), now=NOW)
    return done


def counted(campaign: Campaign, people: Sequence[Person], **more: Any) -> list[bytes]:
    """Sign, confirm and count for each of `people`; return their tokens."""
    tokens = [sign(campaign, person, **more).token for person in people]
    assert set(confirm(*tokens)) == {Outcome.CONFIRMED}
    count()
    return tokens
