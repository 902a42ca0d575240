"""The mails about a series that may be over: the question, and that it has ended by itself."""

from datetime import date, datetime
from typing import Final

from babel.dates import format_date
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.languages import spoken
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.emails.desk import Reader
from tocsin.rallies.emails.kinds import MailKind
from tocsin.rallies.emails.letters import letter
from tocsin.rallies.models import Rally
from tocsin.rallies.queries.standing import ends_on, fades_on
from tocsin.rallies.wording import place_in, title_in

STILL_STANDING: Final = MailKind(
    name="still_standing",
    subject=_("Are you still standing there? %(rally_title)s"),
    neutral_subject=_("A question about what you hold"),
    is_asked_for=True,
)
SERIES_FADED: Final = MailKind(
    name="series_faded",
    subject=_("Your series has ended: %(rally_title)s"),
    neutral_subject=_("What you held has ended"),
    is_asked_for=True,
)

KINDS: Final = (STILL_STANDING, SERIES_FADED)


def question_letter(*, rally: Rally, reader: Reader, token: str, now: datetime) -> LetterRow:
    """Return the letter that asks whether a series goes on; its campaign is loaded."""
    asked_on = now.date()
    return _letter(
        STILL_STANDING,
        rally,
        reader,
        link=f"{settings.BASE_URL}/h/{token}/standing",
        now=now,
        fades_on=_day(fades_on(asked_on), reader),
        ends_on=_day(ends_on(asked_on), reader),
    )


def faded_letter(*, rally: Rally, reader: Reader, now: datetime) -> LetterRow:
    """Return the letter that says that a series has ended, because nobody answered; its campaign is loaded."""
    campaign = rally.campaign
    code = reader.language if reader.language in campaign.languages else campaign.languages[0]
    link = f"{settings.BASE_URL}/{code}/{campaign.slug}/host/"
    return _letter(SERIES_FADED, rally, reader, link=link, now=now)


def _letter(kind: MailKind, rally: Rally, reader: Reader, *, link: str, now: datetime, **more: str) -> LetterRow:
    language = reader.language
    texts = {"rally_title": title_in(rally, language, rally.campaign), "where": place_in(rally, None, language)} | more
    values = {"name": reader.name, "link": link}
    return letter(kind=kind, rally=rally, to=reader.email, language=language, now=now, values=values, texts=texts)


def _day(day: date, reader: Reader) -> str:
    return format_date(day, "long", locale=spoken(reader.language).replace("-", "_"))
