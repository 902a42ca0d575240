"""Announce a rally: POST /{lang}/{campaign}/host/; and a host's lost link: POST /{lang}/{campaign}/host/lost/.

Both are answered the same whoever asks, and whatever is stored (guard.py).
"""

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.queries import is_over
from tocsin.kit import addresses
from tocsin.kit.addresses import Address
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine, clock
from tocsin.lane.guard import Form, Refusal, Wrong, guarded, once
from tocsin.lane.http import Request, Response
from tocsin.rallies.domain import announce as announcing
from tocsin.rallies.domain.resend_host_link import resend_host_link
from tocsin.rallies.forms import Announcement, Problems, read_announcement
from tocsin.rallies.problems import WORDS, Problem
from tocsin.rallies.queries.broadcasts import is_resolved
from tocsin.rallies.queries.hosting import days_to_come
from tocsin.rallies.refusals import RefusedError
from tocsin.signing.domain import Proof
from tocsin.website import host_pages


async def announce(engine: Engine, request: Request, language: str, door: Door) -> Response:
    """Take what somebody announces, durably, or give the form back."""
    campaign, now = door.campaign, clock()

    def read(values: Mapping[str, str]) -> Announcement | Wrong:
        days = days_to_come(campaign, now)
        with translation.override(spoken(language)):
            found = read_announcement(values, campaign=campaign, language=language, days=days, now=now)
        return Wrong(found.by_field, found.suggested_email) if isinstance(found, Problems) else found

    def store(announced: Announcement) -> Refusal | Wrong | None:
        if is_resolved(campaign):
            return Refusal.GONE
        try:
            announcing.announce(campaign=campaign, announced=announced, now=now)
        except RefusedError as error:
            return Wrong({one.field: one.mend for one in error.refused})
        return None

    async def take(announced: Announcement, proof: Proof) -> Refusal | Wrong | None:
        if is_over(campaign, now):
            return Refusal.GONE
        return await engine.call(lambda: once(proof, lambda: store(announced)))

    path = f"/{language}/{campaign.slug}/host/"
    form = Form(
        name="announce",
        action=path,
        thanks=f"{path}thanks/",
        button=_("Announce the rally"),
        # The gazetteer is a file: it is asked off the event loop.
        read=lambda values: engine.call(lambda: read(values)),
        address_of=lambda announced: announced.person.address,
        take=take,
        page=lambda shown: host_pages.host_page(
            campaign, language, values=shown.values, errors=shown.errors, notice=shown.notice
        ),
    )
    return await guarded(form, engine=engine, request=request, door=door, language=language, now=now)


async def lost_host_link(engine: Engine, request: Request, language: str, door: Door) -> Response:
    """Send a host their link again, if they are one."""
    campaign, now = door.campaign, clock()

    def read(values: Mapping[str, str]) -> Address | Wrong:
        typed = values.get("email", "").strip()
        address = addresses.parse(typed)
        return address or Wrong({"email": WORDS[Problem.EMAIL_UNREADABLE if typed else Problem.EMAIL_MISSING]})

    def store(address: Address) -> None:
        resend_host_link(campaign=campaign, address=address, language=language, now=now)

    async def take(address: Address, proof: Proof) -> Refusal | Wrong | None:
        return await engine.call(lambda: once(proof, lambda: store(address)))

    path = f"/{language}/{campaign.slug}/host/"
    form = Form(
        name="host_lost",
        action=f"{path}lost/",
        thanks=f"{path}thanks/?for=lost",
        button=_("Send me my link again"),
        read=read,
        address_of=lambda address: address,
        take=take,
        page=lambda shown: host_pages.lost_page(
            campaign, language, values=shown.values, errors=shown.errors, notice=shown.notice
        ),
    )
    return await guarded(form, engine=engine, request=request, door=door, language=language, now=now)
