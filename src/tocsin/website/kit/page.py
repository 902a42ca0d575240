"""The page of a kit: what to post, with buttons that copy it, and what to print."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.website.clock import clock
from tocsin.website.kit.facts import Facts
from tocsin.website.kit.letters import unprintable
from tocsin.website.kit.posts import long_alert, press_note, short_alert
from tocsin.website.poster import poster_of
from tocsin.website.slots import render


@dataclass(frozen=True, slots=True)
class Print:
    """One thing to print, in the sizes that there are of it."""

    name: str
    words: str
    files: tuple[tuple[str, str], ...]  # (file's name, size as people call it)


def kit_page(facts: Facts) -> str:
    """Return the page; scripts that this server has no letters for are named instead of printing boxes."""
    language = facts.language
    with override(spoken(language)):
        missing = missing_scripts(facts)
        context = {
            "poster": poster_of(facts.campaign, language, now=clock()),
            "language": language,
            "facts": facts,
            "alert": short_alert(facts),
            "long_alert": long_alert(facts),
            "press_note": press_note(facts),
            "press_language": spoken(language),
            "prints": () if missing else _prints(),
            "has_preview": not missing,
        }
    return render("website/kit.html", context, language=language)


def missing_scripts(facts: Facts) -> set[str]:
    """Return the scripts of a kit's words that no font of this machine has."""
    words = facts.headline, facts.over_headline, facts.place, facts.rally.held_by, facts.date, facts.weekday
    return unprintable("".join(words))


def _prints() -> tuple[Print, ...]:
    sizes = {"a4": "A4", "a3": "A3", "letter": "Letter"}
    named = (
        ("poster", _("Poster"), ("a4", "a3", "letter")),
        ("flyer", _("Flyers, four on a sheet"), ("a4", "letter")),
        ("sheet", _("Sign-up sheet for paper"), ("a4", "letter")),
        ("checklist", _("Checklist for the day"), ("a4", "letter")),
    )
    return tuple(
        Print(name, words, tuple((f"{name}-{one}.pdf", sizes[one]) for one in its)) for name, words, its in named
    )
