"""From [[days_of_action]] and [[rallies]] to values; nothing is stored here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from tocsin.campaigns.campaign_file.tables import Table
from tocsin.campaigns.details import Details as CampaignDetails
from tocsin.campaigns.refusals import Refusal as FileRefusal
from tocsin.kit.places import rounded
from tocsin.rallies.campaign_file.dates import read_dates
from tocsin.rallies.campaign_file.days import read_days
from tocsin.rallies.campaign_file.refusing import checked_year, refuse, refuse_key
from tocsin.rallies.campaign_file.said import Said, SaidDay, SaidRally
from tocsin.rallies.campaign_file.towns import read_places
from tocsin.rallies.checks import refusals_of, settled
from tocsin.rallies.details import USUAL_MINUTES, Chat, Details, Where
from tocsin.rallies.domain.writing import RESERVED
from tocsin.rallies.hosts import PrivatePlace
from tocsin.rallies.refusals import Refusal, Refused
from tocsin.rallies.states import Access, Attendance, Duty

ATTENDANCES = {"in-person": Attendance.IN_PERSON, "online": Attendance.ONLINE, "both": Attendance.BOTH}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_SLUG = 80
_UID = re.compile(r"[0-9a-f]{1,32}")
_NOWHEN = datetime(2000, 1, 1, 12)  # noqa: DTZ001  stands in for what was refused, so that the rest is read too


def read(root: Table, campaign: CampaignDetails) -> Said:
    """Return what the file says about rallies; what cannot stand is noted in `root`'s list."""
    days = read_days(root.tables("days_of_action"), campaign.languages)
    slugs: set[str] = set()
    rallies: list[SaidRally] = []
    for table in root.tables("rallies"):
        slug = _slug(table)
        if slug in slugs:
            refuse_key(table, "slug", Refusal.KEY_REPEATED)
        slugs |= {slug} - {""}
        fresh = list(_read_rally(table, campaign, days, slug))
        if any(one.is_main for one in fresh) and sum(one.is_main for one in (*rallies, *fresh)) > 1:
            refuse_key(table, "main", Refusal.MAIN_REPEATED)
        rallies += fresh
    return Said(tuple(days.values()), tuple(rallies))


def _slug(table: Table) -> str:
    slug = table.text("slug")
    if slug and (_SLUG.fullmatch(slug) is None or len(slug) > _MAX_SLUG or slug in RESERVED):
        refuse_key(table, "slug", Refusal.KEY_SHAPE, str(_MAX_SLUG))
    return slug


def _uid(table: Table) -> str:
    uid = table.text("uid")
    if uid and _UID.fullmatch(uid) is None:
        refuse_key(table, "uid", Refusal.UID_SHAPE)
    return uid


def _read_rally(table: Table, campaign: CampaignDetails, days: Mapping[str, SaidDay], slug: str) -> Iterator[SaidRally]:
    """Yield what one table says: a rally, or one for each of its towns."""
    day = _day(table, days)
    details = _details(table, campaign.languages, _starts(table, day))
    is_online = details.attendance is Attendance.ONLINE
    zone = table.text("timezone")
    places = list(read_places(table, zone=zone, usual_zone=campaign.timezone, is_online=is_online))
    said = SaidRally(
        details=details,
        day=day.key if day else "",
        is_main=table.flag("main"),
        has_ended=table.flag("ended"),
        slug=slug,
        uid=_uid(table),
        dates=read_dates(table, details),
    )
    rest = table.rest()
    wrong: set[Refused] = set()
    for where, its_zone in places:
        one = replace(details, where=where, zone=its_zone or "UTC")
        # What will be sealed is checked like the rest.
        wrong |= set(refusals_of(settled(replace(one, is_address_private=False))))
        shown, private = (
            _hidden(where, has_pin="position" in table.content)
            if details.is_address_private
            else (where, PrivatePlace())
        )
        yield replace(said, details=replace(one, where=shown), private=private, rest=rest)
    # What is wrong with the words is wrong in every town of the list: it is said once.
    for refused in sorted(wrong, key=lambda one: (one.field, one.refusal)):
        refuse(table, refused)


def _hidden(where: Where, *, has_pin: bool) -> tuple[Where, PrivatePlace]:
    """Return what everybody may know of a private place, and what only those who come may.

    A pin to one decimal is what an export holds of a town: no exact place to tell anybody of.
    """
    if where.latitude is None or where.longitude is None:
        return replace(where, place="", address=""), PrivatePlace(where.place, where.address)
    latitude, longitude = rounded(where.latitude, where.longitude)
    is_exact = has_pin and (latitude, longitude) != (where.latitude, where.longitude)
    pin = (where.latitude, where.longitude) if is_exact else (None, None)
    private = PrivatePlace(where.place, where.address, *pin)
    return replace(where, place="", address="", latitude=latitude, longitude=longitude), private


def _day(table: Table, days: Mapping[str, SaidDay]) -> SaidDay | None:
    key = table.text("day_of_action")
    if key and key not in days:
        refuse_key(table, "day_of_action", Refusal.DAY_UNKNOWN, ", ".join(days) or "–")
    return days.get(key)


def _starts(table: Table, day: SaidDay | None) -> datetime:
    """Return when a rally begins, naive: its own day and hour, or those of its day of action that it leaves out."""
    given = table.value("starts", (date, time), _("a time on the clock of the place, as in 2026-05-01T12:00:00"))
    if isinstance(given, datetime | time) and given.tzinfo is not None:
        refuse_key(table, "starts", Refusal.LOCAL_TIME)
        return _NOWHEN
    if isinstance(given, datetime):
        return given.replace(microsecond=0) if checked_year(table, "starts", given) else _NOWHEN
    on = given if isinstance(given, date) else (day.held_on if day else None)
    hour = given if isinstance(given, time) else (day.wall_time if day else None)
    if day is None and "day_of_action" in table.content and (on is None or hour is None):
        return _NOWHEN  # that its day is unknown was said
    if on is None:
        refuse_key(table, "starts", Refusal.DATE_MISSING)
    elif hour is None:
        refuse_key(table, "starts", Refusal.TIME_MISSING)
    if on is None or hour is None or not checked_year(table, "starts", on):
        return _NOWHEN
    return datetime.combine(on, hour.replace(microsecond=0))


def _details(table: Table, languages: Sequence[str], starts: datetime) -> Details:
    online = table.text("online")
    usual = Attendance.IN_PERSON
    if online:
        usual = Attendance.BOTH if table.content.keys() & {"city", "cities"} else Attendance.ONLINE
    whole = _("a whole number")
    return Details(
        first_on=starts.date(),
        wall_time=starts.time(),
        zone="",
        title=table.texts("title", languages),
        about=table.texts("about", languages),
        held_by=table.text("held_by"),
        languages=tuple(table.list_of("languages", str, _('a list of language codes, as in ["en"]'))),
        minutes=_or(table.value("minutes", int, whole), USUAL_MINUTES),
        repeat=table.text("repeat"),
        skipped=tuple(table.list_of("skipped", date, _("a list of dates, as in [2026-05-01]"))),
        until_note=table.texts("until_note", languages),
        attendance=_attendance(table, usual),
        online_url=online,
        is_address_private=table.flag("private_address"),
        address_hours=_or(table.value("address_hours", int, whole), 24),
        access=_choices(table, "access", Access.values),
        duties=_duties(table),
        crowd=table.value("crowd", int, whole),
        capacity=table.value("capacity", int, whole),
        chats=tuple(_chats(table)),
    )


def _or(value: int | None, usual: int) -> int:
    return usual if value is None else value


def _attendance(table: Table, usual: Attendance) -> Attendance:
    given = table.text("attendance")
    if given and given not in ATTENDANCES:
        table.refuse("attendance", FileRefusal.WRONG_CHOICE, ", ".join(ATTENDANCES))
    return ATTENDANCES.get(given, usual)


def _choices(table: Table, key: str, choices: Sequence[str]) -> tuple[str, ...]:
    given = table.list_of(key, str, _("a list of words"))
    if not set(given) <= set(choices):
        table.refuse(key, FileRefusal.WRONG_CHOICE, ", ".join(choices))
        return ()
    return tuple(dict.fromkeys(given))


def _duties(table: Table) -> dict[str, int]:
    duties = table.table("duties")
    needed = {duty.value: duties.value(duty.value, int, _("a whole number")) for duty in Duty}
    duties.nothing_else()
    return {duty: number for duty, number in needed.items() if number is not None}


def _chats(table: Table) -> Iterator[Chat]:
    for chat in table.tables("chats"):
        yield Chat(label=chat.text("label"), url=chat.text("url"))
        chat.nothing_else()
