"""What a host posts and sends: the alert in its short and long form, and a note for the press. Plain text."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.website.kit.facts import Facts

SHORT_CHARS = 280
_ELLIPSIS = "…"


def short_alert(facts: Facts) -> str:
    """Return what, date, time with its zone, place and link in 280 characters, in no words but the rally's own.

    What is too long gives way in this order: the hashtags, the street, and then the title is cut.
    """
    for title, where, tags in _shorter(facts):
        text = _alert(facts, title, where, tags)
        if len(text) <= SHORT_CHARS:
            return text
    room = SHORT_CHARS - len(_alert(facts, "", facts.town, ""))
    return _alert(facts, _cut(facts.headline, room), facts.town, "")


def long_alert(facts: Facts) -> str:
    """Return everything that somebody who comes wants to know, still without a word of the program's."""
    title = (
        facts.headline if facts.own_title in {"", facts.campaign_title} else f"{facts.campaign_title}: {facts.headline}"
    )
    alert = _alert(facts, title, facts.where, "", until=facts.ends)
    parts = [alert, facts.until, facts.about, facts.rally.held_by, facts.hashtags]
    return "\n\n".join(part for part in parts if part)


def press_note(facts: Facts) -> str:
    """Return a note that a paper can print as it stands, in the kit's language where the program speaks it."""
    with override(spoken(facts.language)):
        told = {
            "title": facts.campaign_title,
            "town": facts.town,
            "day": facts.full_day,
            "begins": facts.begins,
            "ends": facts.ends,
            "where": facts.where,
            "held_by": facts.rally.held_by,
        }
        lines = [
            _("For the press") + f" · {facts.town}",
            facts.headline,
            _("“%(title)s”: people in %(town)s come together, %(day)s") % told,
            _("When: %(day)s, %(begins)s – %(ends)s (local time)") % told,
            _("Where: %(where)s") % told,
        ]
        if facts.rally.held_by:
            lines.append(_("Held by: %(held_by)s") % told)
        lines += [facts.motto, facts.about, facts.until]
        lines.append(
            _("The appeal, and the number of signatures as it stands, to be checked by anyone: %(url)s")
            % {"url": facts.campaign_url}
        )
        lines.append(_("This rally, with any change of time or place: %(url)s") % {"url": facts.url})
        if facts.campaign.contact:
            lines.append(_("Questions: %(contact)s") % {"contact": facts.campaign.contact})
    return "\n\n".join(line for line in lines if line)


def _shorter(facts: Facts) -> Iterator[tuple[str, str, str]]:
    yield facts.headline, facts.where, facts.hashtags
    yield facts.headline, facts.where, ""
    yield facts.headline, facts.town, ""


def _alert(facts: Facts, title: str, where: str, tags: str, *, until: str = "") -> str:
    hours = f"{facts.begins} – {until}" if until else facts.begins
    lines = (title, f"📅 {facts.full_day}", f"⏰ {hours} ({facts.clock})", f"📍 {where}", facts.url, tags)
    return "\n".join(line for line in lines if line)


def _cut(text: str, room: int) -> str:
    room -= 1  # the end of the line
    return text if len(text) <= room else text[: max(0, room - 1)].rstrip() + _ELLIPSIS
