"""Answer the question whether a series goes on: yes, or that it is over."""

from datetime import datetime

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.rallies.domain.end import end_and_tell
from tocsin.rallies.emails.desk import reader_of
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.queries.standing import going_series
from tocsin.rallies.standing_links import Question


def rally_asked_about(question: Question) -> Rally | None:
    """Return the series that a question is about while it waits for its answer, or has just got it; else None.

    A newer question, a host who has left, and a series that has ended make it void.
    """
    hosts = Host.objects.filter(pk=question.host, confirmed_at__isnull=False)
    series = going_series().filter(pk__in=hosts.values("rally"), asked_on=question.asked_on)
    return series.select_related("campaign").first()


def language_asked_in(question: Question, rally: Rally) -> str:
    """Return the language of whoever was asked; "" when that can no longer be read."""
    for host in Host.objects.filter(pk=question.host):
        for reader in reader_of(rally.pk, "host", host.sealed):
            return reader.language
    return ""


def say_standing(*, question: Question, now: datetime) -> bool:
    """Note that a series goes on; False when the question is void."""
    with db.transaction():
        rally = rally_asked_about(question)
        if rally is None:
            return False
        asked = Rally.objects.filter(pk=rally.pk, state=rally.state, asked_on=question.asked_on)
        if not asked.update(standing_on=now.date()):
            return False
        touch(campaign=rally.campaign)
        return True


def say_over(*, question: Question, now: datetime) -> bool:
    """End a series, because who holds it says that it is over; False when the question is void."""
    with db.transaction():
        rally = rally_asked_about(question)
        return rally is not None and bool(end_and_tell(rallies=[rally], now=now))
