"""Bounces gathered by mail provider, in words that an organiser understands."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tocsin.outbox.queries import BounceLine
from tocsin.outbox.states import Reason

_WORDS = {
    Reason.CAPPED: _("not sent: the address got its share of mail already"),
    Reason.NEVER_WRITE: _("not sent: the address asked never to be written to"),
    Reason.TOO_OLD: _("given up after five days"),
    Reason.KEY_GONE: _("could not be opened: its key is gone"),
    Reason.BROKEN: _("could not be opened: it was damaged"),
    Reason.NO_ADDRESS: _("there was no address"),
    Reason.NO_LONGER_NEEDED: _("no longer needed"),
    Reason.NO_BUILDER: _("this server does not know how to write it"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One kind of answer, and how many letters got it."""

    words: str
    letters: int


@dataclass(frozen=True, slots=True)
class Provider:
    """A mail provider and what it refused."""

    name: str  # "" for all the small ones together
    letters: int
    answers: tuple[Answer, ...]


def refused_by_provider(lines: Iterable[BounceLine]) -> list[Provider]:
    """Return what each provider refused, the most first."""
    found: dict[str, list[Answer]] = {}
    for line in lines:
        found.setdefault(line.provider, []).append(Answer(words_for(line.answer), line.letters))
    providers = [
        Provider("" if name == "other" else name, sum(one.letters for one in answers), tuple(answers))
        for name, answers in found.items()
    ]
    return sorted(providers, key=lambda one: (-one.letters, one.name))


def words_for(answer: str) -> str:
    """Return what an answer means; a mail server's code stays a code, with its class in words."""
    if answer in {reason.value for reason in Reason}:
        return str(_WORDS[Reason(answer)])
    if answer.startswith("5"):
        return str(_("refused for good (%(code)s)")) % {"code": answer}
    return str(_("put off again and again (%(code)s)")) % {"code": answer}
