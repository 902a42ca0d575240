"""Where exactly a rally with a private address is: told to those who come, once its time has come."""

from datetime import datetime

from tocsin.rallies.calendars import ExactPlace
from tocsin.rallies.hosts import place_in
from tocsin.rallies.models import Occurrence
from tocsin.rallies.reminders import address_moment
from tocsin.rallies.states import DateState


def exact_place(occurrence: Occurrence, *, now: datetime) -> ExactPlace | None:
    """Return a private address that those who come to this date may know now; raises KeysSealedError.

    None before its time, for a date that does not stand, and when the rally's key is gone.
    """
    rally = occurrence.rally
    is_told = occurrence.state == DateState.STANDS and now >= address_moment(rally, occurrence)
    if not rally.is_address_private or not is_told or rally.sealed_place is None:
        return None
    found = place_in(rally.pk, bytes(rally.sealed_place))
    if not found:
        return None
    line = ", ".join(filter(None, (found.place, found.address, rally.city)))
    return ExactPlace(line, found.latitude, found.longitude)
