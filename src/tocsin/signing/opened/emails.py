"""The mail of a circular: the organisers' words in plain text and small HTML, and the way out at its foot."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from tocsin.campaigns.languages import language_of_text_direction, spoken
from tocsin.campaigns.queries import in_language
from tocsin.campaigns.rendering import render
from tocsin.kit.addresses import wire_form
from tocsin.outbox.mails import Builder, Dropped, Mail, Opened
from tocsin.outbox.mime import MailTemplate, slot
from tocsin.outbox.states import Reason
from tocsin.outbox.stop_link import stop_link
from tocsin.seal.tokens import to_text, token_hash
from tocsin.signing.models import Signature
from tocsin.signing.opened.circulars import CIRCULAR_LETTER, TEST_LETTER
from tocsin.signing.opened.models import Circular, CircularState

_MANY_LINES = re.compile(r"\n{3,}")
# Bounded, and without a bracket inside, or each bracket of many would read the rest again.
_LINK = re.compile(r"\[([^\[\]\n]+)\]\(([^)\s]{1,2000})\)")
_MARKS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)


class CircularMails:
    """Builds the mails of circulars; one for each worker, since it keeps the templates of the last few."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, bytes, str], MailTemplate] = {}

    def builders(self) -> dict[str, Builder]:
        """Return the builder of each kind of letter that circulars post."""
        return {CIRCULAR_LETTER: self.circular, TEST_LETTER: self.test}

    def circular(self, letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
        """Make the mails of those who still want them: who withdrew since, or unticked the box, gets none."""
        hashes = {letter.id: token_hash(bytes.fromhex(letter.content["m"])) for letter in letters}
        rows = Signature.objects.filter(manage_hash__in=list(hashes.values()), keep_informed=True)
        wanted = {bytes(row) for row in rows.values_list("manage_hash", flat=True)}
        circulars = self._circulars(letters)
        return [
            self._mail(letter, circulars.get(letter.content["circular"]), now, is_test=False)
            if hashes[letter.id] in wanted
            else Dropped(Reason.NO_LONGER_NEEDED)
            for letter in letters
        ]

    def test(self, letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
        """Make the mails that organisers send to themselves first."""
        circulars = self._circulars(letters)
        return [self._mail(letter, circulars.get(letter.content["circular"]), now, is_test=True) for letter in letters]

    def _circulars(self, letters: Sequence[Opened]) -> dict[int, Circular]:
        numbers = {letter.content["circular"] for letter in letters}
        return {one.pk: one for one in Circular.objects.filter(pk__in=numbers).select_related("campaign")}

    def _mail(self, letter: Opened, circular: Circular | None, now: datetime, *, is_test: bool) -> Mail | Dropped:
        to = wire_form(str(letter.content["to"]))
        if to is None:
            return Dropped(Reason.NO_ADDRESS)
        if circular is None or circular.state == CircularState.CANCELLED:
            return Dropped(Reason.NO_LONGER_NEEDED)
        # In a test nobody's link is shown: whoever presses it would stop or withdraw somebody.
        text = "…" if is_test else to_text(bytes.fromhex(letter.content["m"]))
        manage = f"{settings.BASE_URL}/m/{text}"
        language = str(letter.content["language"])
        stop = f"{manage}/stop" if is_test else stop_link(str(letter.content["to"]), language)
        headers = {} if is_test else {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": _ONE_CLICK}
        template = self._template(circular, language)
        values = {"to": to, "manage": manage, "stop": stop}
        return Mail(to, template.fill(to=to, values=values, headers=headers, now=now), manage)

    def _template(self, circular: Circular, language: str) -> MailTemplate:
        words = f"{circular.subject[language]}\0{circular.body[language]}".encode()
        key = circular.pk, words, language
        if key not in self._kept:
            self._kept.clear()  # one circular goes out at a time, mostly
            self._kept[key] = _rendered(circular, language)
        return self._kept[key]


_ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058, section 3.1


def plain_words(source: str) -> str:
    """Return Markdown as people read it without HTML: links written out, marks gone, lines as they are."""
    text = _LINK.sub(lambda found: found[2] if found[1] == found[2] else f"{found[1]}: {found[2]}", source)
    return _MARKS.sub(r"\2", _HEADING.sub("", text)).strip()


def small_html(source: str) -> str:
    """Return Markdown as safe HTML, without pictures, shortcodes or anything that tells who read it."""
    return render(source, lambda _shortcode: "")


def _rendered(circular: Circular, language: str) -> MailTemplate:
    campaign = circular.campaign
    is_neutral = bool(campaign.form.get("neutral_subject", False))
    body = str(circular.body[language])
    direction = language_of_text_direction(language)
    with translation.override(spoken(language)):
        context = {
            "words": plain_words(body),
            "html": small_html(body),
            "words_language": language,
            "words_direction": direction,
            "title": "" if is_neutral else in_language(campaign.title, language, campaign),
            "host": urlsplit(settings.BASE_URL).netloc,
            "language": spoken(language),
            "direction": language_of_text_direction(spoken(language)),
            "slot": {name: slot(name) for name in ("to", "manage", "stop")},
        }
        text = _MANY_LINES.sub("\n\n", render_to_string("signing/mail/circular.txt", context))
        html_text = render_to_string("signing/mail/circular.html", context)
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": language, "Precedence": "bulk"}
    if campaign.contact and not is_neutral:
        headers["Reply-To"] = campaign.contact
    subject = str(circular.subject[language])
    return MailTemplate(subject=subject, text=text, html_text=html_text, sender=settings.MAIL_FROM, headers=headers)
