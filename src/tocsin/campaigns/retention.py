"""How long what people signed with is kept once a campaign has closed."""

from datetime import date, timedelta

# Long enough to hand signatures over and to answer for them; an organiser may choose another day.
KEPT_DAYS = 180
_MOST_DAYS = 5 * 365


def default_keep_until(closed_on: date) -> date:
    """Return the day on which the sealed data of a campaign that closes today is erased."""
    return closed_on + timedelta(days=KEPT_DAYS)


def is_fit(keep_until: date, *, today: date) -> bool:
    """Say whether a day may be chosen: not in the past, and five years ahead at the most."""
    return today <= keep_until <= today + timedelta(days=_MOST_DAYS)
