"""Calendars of rallies, as iCalendar (RFC 5545 and 7986)."""

from tocsin.rallies.calendars.atom import MOST_ENTRIES, atom_of
from tocsin.rallies.calendars.calendar import Head, calendar_of, calendar_of_rallies, one_ics
from tocsin.rallies.calendars.events import ExactPlace
from tocsin.rallies.calendars.links import Subscription, part_of, subscription
from tocsin.rallies.calendars.words import name_of

__all__ = [
    "MOST_ENTRIES",
    "ExactPlace",
    "Head",
    "Subscription",
    "atom_of",
    "calendar_of",
    "calendar_of_rallies",
    "name_of",
    "one_ics",
    "part_of",
    "subscription",
]
