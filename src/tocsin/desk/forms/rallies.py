"""The form of a rally as the team fills it in: all of its details, in the campaign's languages."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import Campaign
from tocsin.desk.forms.base import FILL_IN, DeskForm, labelled, own_name, text_block, text_line, with_blank
from tocsin.desk.forms.details import zones
from tocsin.desk.forms.rally_filled import filled_in, filled_in_private, sealed_of, split
from tocsin.desk.forms.widgets import LongSelect
from tocsin.kit import countries, regions
from tocsin.kit.places import City, distance_km, find_cities, zone_at
from tocsin.rallies.checks import MAX_MINUTES, MIN_MINUTES
from tocsin.rallies.details import USUAL_MINUTES, Chat, Details, Where
from tocsin.rallies.hosts import PrivatePlace
from tocsin.rallies.states import Access, Attendance, Duty

_CHATS = 3
_MOST_PEOPLE = 10_000_000
_SAME_TOWN_KM = 20
_FAR_BIGGER = 10

ATTENDANCE = (
    (Attendance.IN_PERSON, _("in person")),
    (Attendance.ONLINE, _("online")),
    (Attendance.BOTH, _("both")),
)
ACCESS = (
    (Access.STEP_FREE, _("step-free")),
    (Access.SIGN_LANGUAGE, _("sign language")),
    (Access.SEATING, _("seats")),
    (Access.QUIET_SPACE, _("a quiet space")),
    (Access.TOILETS, _("toilets")),
)
DUTIES = (
    (Duty.MARSHAL, _("Marshals")),
    (Duty.FIRST_AID, _("First aid")),
    (Duty.LEGAL_OBSERVER, _("Legal observers")),
    (Duty.INTERPRETER, _("Interpreters")),
)
REPEATS = (
    ("", _("once")),
    ("FREQ=WEEKLY", _("every week")),
    ("FREQ=WEEKLY;INTERVAL=2", _("every two weeks")),
    ("FREQ=MONTHLY", _("every month, on the same day of it")),
    ("FREQ=DAILY", _("every day")),
)
# Hidden: who leaves date and hour alone leaves them as they are by then.
_OPENED_WITH = ("date_was", "time_was")
_DATE = {"type": "date", "dir": "ltr"}
_TIME = {"type": "time", "dir": "ltr"}
_LTR = {"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"}


class RallyForm(DeskForm):
    """Everything about a rally that the team can change."""

    parts = (
        (_("What it is"), ("title.", "about.", "held_by", "is_main")),
        (_("When"), ("day_of_action", "first_on", "wall_time", "minutes", "repeat", "until", "skipped", "zone")),
        (
            _("Where"),
            (
                "attendance",
                "city",
                "town",
                "country",
                "region",
                "place",
                "address",
                "is_address_private",
                "pin.",
                "online_url",
            ),
        ),
        (_("Who comes"), ("languages", "access", "crowd", "capacity")),
        (_("Helping hands"), ("duties.",)),
        (_("Where people talk"), ("chats.",)),
    )
    paired_parts = frozenset({"duties.", "chats."})

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        details: Details | None = None,
        is_main: bool = False,
        private: PrivatePlace | None = None,
        **kwargs: Any,
    ) -> None:
        """Make the form, filled in with the details as they are stored.

        `private` is the sealed place of a rally of the team's own, empty where there is none; None: it is a host's.
        """
        self.campaign, self.before, self._private = campaign, details, private
        self.days = list(campaign.days_of_action.order_by("held_on", "pk"))
        initial = filled_in(details) | {"is_main": is_main} if details else {"minutes": USUAL_MINUTES, "attendance": 1}
        super().__init__(*args, initial=initial | filled_in_private(details, private), **kwargs)
        self.cities = self._cities()
        if len(self.cities) > 1:
            self.fields["town"].choices = [(str(city.number), _label(city)) for city in self.cities]  # type: ignore[attr-defined]  # a choice field has them
        else:
            del self.fields["town"]

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return the fields, one a language where there are texts."""
        languages: list[str] = self.campaign.languages
        for code in languages:
            hint = _("Empty: the campaign's title and the town.") if code == languages[0] else ""
            yield f"title.{code}", text_line(labelled(_("Title"), code), code, hint=hint)
        for code in languages:
            yield f"about.{code}", text_block(labelled(_("About it"), code), code, rows=4)
        yield "held_by", _line(_("Who holds it"), hint=_("A group, for everybody to read."))
        yield "is_main", _tick(_("This is the main rally"), _("It is marked on the map and comes first."))
        yield from self._when()
        yield from self._where()
        yield from self._who()

    def _when(self) -> Iterator[tuple[str, forms.Field]]:
        days = [(str(day.pk), _title(day.title, self.campaign)) for day in self.days]
        yield "day_of_action", forms.ChoiceField(label=_("Day of action"), required=False, choices=with_blank(days))
        hint = _("Empty: as the day of action has it.")
        yield "first_on", _date(_("Date"), hint)
        time = forms.TimeInput(attrs=_TIME, format="%H:%M")
        yield "wall_time", forms.TimeField(label=_("It begins at"), required=False, help_text=hint, widget=time)
        if self.before:
            yield from ((name, forms.CharField(required=False, widget=forms.HiddenInput)) for name in _OPENED_WITH)
        yield (
            "minutes",
            forms.IntegerField(
                label=_("How many minutes it lasts"),
                min_value=MIN_MINUTES,
                max_value=MAX_MINUTES,
                initial=USUAL_MINUTES,
            ),
        )
        rule, _until = split(self.before.repeat if self.before else "")
        known = [*REPEATS] if rule in dict(REPEATS) else [*REPEATS, (rule, rule)]
        yield "repeat", forms.ChoiceField(label=_("How often"), required=False, choices=known)
        yield "until_on", _date(_("The last date"), _("Empty: until further notice."))
        for code in self.campaign.languages:
            yield f"until_note.{code}", text_line(labelled(_("Until when, in words"), code), code)
        yield "skipped", _line(_("Dates left out"), hint=_("As in 2026-12-25, separated by spaces."), attrs=_LTR)
        yield (
            "zone",
            forms.ChoiceField(
                label=_("Time zone"),
                required=False,
                help_text=_("Empty: the one of the place."),
                choices=with_blank(zones(self.before.zone if self.before else "UTC")),
                widget=LongSelect,
            ),
        )

    def _where(self) -> Iterator[tuple[str, forms.Field]]:
        choices = [(str(int(one)), words) for one, words in ATTENDANCE]
        yield "attendance", forms.ChoiceField(label=_("How people meet"), choices=choices, widget=forms.RadioSelect)
        yield "city", _line(_("Town"), hint=_("In any language. Country, pin and time zone are looked up for it."))
        yield "town", forms.ChoiceField(label=_("Which one?"), required=False, widget=forms.RadioSelect)
        named = list(countries.names(get_language() or "en"))
        yield (
            "country",
            forms.ChoiceField(label=_("Country"), required=False, choices=with_blank(named), widget=LongSelect),
        )
        yield "region", _line(_("State or region"), hint=_("Its code, as in US-CT."), attrs=_LTR)
        yield "place", _line(_("Place"), hint=_("What it is called: a square, a hall."))
        if self._private is not None or not (self.before and self.before.is_address_private):
            yield "address", _line(_("Street and number"))
        if self._private is not None:
            hint = _("Everybody sees the town. Place, street and pin go to those who come, a day before.")
            yield "is_address_private", _tick(_("The exact address is private"), hint)
        yield "pin.latitude", _degrees(_("Latitude"), 90)
        yield "pin.longitude", _degrees(_("Longitude"), 180)
        yield "online_url", _line(_("Web address under which people join"), attrs={**_LTR, "type": "url"})

    def _who(self) -> Iterator[tuple[str, forms.Field]]:
        spoken = dict.fromkeys([*self.campaign.languages, *(self.before.languages if self.before else ())])
        yield "languages", _ticks(_("Spoken there"), [(code, own_name(code)) for code in spoken])
        yield "access", _ticks(_("Access"), list(ACCESS))
        yield "crowd", _number(_("How many are expected"))
        yield "capacity", _number(_("How many fit in"), _("Empty: no limit. Who comes later waits for a place."))
        for duty, label in DUTIES:
            yield f"duties.{duty}", _number(label)
        for place in range(_CHATS):
            yield f"chats.{place}.label", _line(_("Name of the chat"))
            yield f"chats.{place}.url", _line(_("Its web address"), attrs={**_LTR, "type": "url"})

    def clean_skipped(self) -> tuple[date, ...]:
        """Return the dates."""
        try:
            return tuple(date.fromisoformat(word) for word in self.cleaned_data["skipped"].replace(",", " ").split())
        except ValueError as error:
            raise ValidationError(_("Give each date as in 2026-12-25.")) from error

    def clean(self) -> dict[str, Any]:
        """Take date and hour from the day of action, and what is not said of the place from the town."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        self._keep_when(typed)
        day = next((one for one in self.days if str(one.pk) == typed.get("day_of_action")), None)
        for name, usual in (("first_on", day and day.held_on), ("wall_time", day and day.wall_time)):
            typed[name] = typed.get(name) or usual
            if not typed[name] and name not in self.errors:
                self.add_error(name, FILL_IN)
        self._typed_pin = typed.get("pin.latitude"), typed.get("pin.longitude")
        if typed.get("attendance") != str(int(Attendance.ONLINE)):
            self._clean_town(typed)
        if not typed.get("zone") and not self.errors:
            latitude, longitude = typed.get("pin.latitude"), typed.get("pin.longitude")
            typed["zone"] = "" if latitude is None or longitude is None else zone_at(latitude, longitude)
            if not typed["zone"]:
                self.add_error("zone", _("Choose the time zone: this place gives none."))
        return typed

    def _keep_when(self, typed: dict[str, Any]) -> None:
        """Leave date and hour that nobody has changed as they are by now: a day of action may have moved them."""
        if self.before is None:
            return
        on, at = typed.get("first_on"), typed.get("wall_time")
        if on is not None and on.isoformat() == typed["date_was"]:
            typed["first_on"] = self.before.first_on
        if at is not None and f"{at:%H:%M}" == typed["time_was"]:
            typed["wall_time"] = self.before.wall_time

    def _clean_town(self, typed: dict[str, Any]) -> None:
        """Look the town up, unless it was known before and stays."""
        if not typed.get("city"):
            self.add_error("city", FILL_IN)
            return
        chosen = next((city for city in self.cities if str(city.number) == typed.get("town")), None)
        if chosen is None and len(self.cities) == 1:
            chosen = self.cities[0]
        if chosen is not None and self._is_beside(chosen):
            return  # another spelling of the same town: it stays as it was typed
        if chosen is not None:
            _take_over(typed, chosen)
        elif self.cities:
            self.add_error("town", _("Several towns are called so: choose one."))
        elif not self._is_town_known() and not typed.get("country"):
            self.add_error("city", _("No town of that name is known here: give country and time zone yourself."))

    def _is_town_known(self) -> bool:
        """Say whether the town stands as it was stored, so that nothing is to be looked up."""
        return bool(self.before and self.data.get("city", "").strip() == self.before.where.city)

    def _is_beside(self, city: City) -> bool:
        """Say whether a town is the one whose pin is stored."""
        where = self.before.where if self.before else Where()
        if where.latitude is None or where.longitude is None or where.country != city.country:
            return False
        return distance_km(where.latitude, where.longitude, city.latitude, city.longitude) < _SAME_TOWN_KM

    def _cities(self) -> list[City]:
        """Return the towns that may be meant; none where nothing is to be looked up."""
        city, country = str(self.data.get("city", "")).strip(), str(self.data.get("country", ""))
        has_pin = bool(self.data.get("pin.latitude")) and bool(self.data.get("zone")) and bool(country)
        if not city or self._is_town_known() or (has_pin and not self.before):
            return []
        is_new = not self.before or country != self.before.where.country
        return _meant(find_cities(city, country=country if is_new else ""))

    def details(self) -> Details:
        """Return the details as they were typed; what this page does not ask stays as it was."""
        typed = self.cleaned_data
        languages: list[str] = self.campaign.languages
        base = self.before or Details(first_on=typed["first_on"], wall_time=typed["wall_time"], zone=typed["zone"])
        until = f";UNTIL={typed['until_on']:%Y%m%d}" if typed["repeat"] and typed["until_on"] else ""
        chats = [(typed[f"chats.{place}.label"], typed[f"chats.{place}.url"]) for place in range(_CHATS)]
        return replace(
            base,
            first_on=typed["first_on"],
            wall_time=typed["wall_time"],
            zone=typed["zone"],
            day_of_action=int(typed["day_of_action"]) if typed["day_of_action"] else None,
            title=_merged(base.title, self.texts("title", languages)),
            about=_merged(base.about, self.texts("about", languages)),
            until_note=_merged(base.until_note, self.texts("until_note", languages)),
            held_by=typed["held_by"],
            languages=tuple(typed["languages"]),
            minutes=typed["minutes"],
            repeat=f"{typed['repeat']}{until}",
            skipped=typed["skipped"],
            attendance=Attendance(int(typed["attendance"])),
            online_url=typed["online_url"],
            where=self._place(),
            is_address_private=self._is_private(base),
            access=tuple(typed["access"]),
            duties={duty: typed[f"duties.{duty}"] for duty, _label in DUTIES if typed[f"duties.{duty}"]},
            crowd=typed["crowd"],
            capacity=typed["capacity"],
            chats=tuple(Chat(label=label or url, url=url) for label, url in chats if url or label),
        )

    def _is_private(self, base: Details) -> bool:
        if self._private is None:
            return base.is_address_private
        is_online = self.cleaned_data["attendance"] == str(int(Attendance.ONLINE))
        return bool(self.cleaned_data["is_address_private"]) and not is_online

    def private(self) -> PrivatePlace | None:
        """Return what is to be sealed of a rally of the team's own; None where it is a host's to say."""
        if self._private is None:
            return None
        place = self._place()
        return sealed_of(place, self._typed_pin) if self._is_private(self.details()) else PrivatePlace()

    def _place(self) -> Where:
        typed = self.cleaned_data
        if typed["attendance"] == str(int(Attendance.ONLINE)):
            return Where()
        return Where(
            city=typed["city"],
            country=typed["country"],
            region=typed["region"],
            place=typed["place"],
            address=typed.get("address", ""),
            latitude=typed["pin.latitude"],
            longitude=typed["pin.longitude"],
        )


def _meant(cities: list[City]) -> list[City]:
    """Return the towns to choose from: one alone, where it is far bigger than all others of the name."""
    if cities and all(cities[0].population >= _FAR_BIGGER * other.population for other in cities[1:]):
        return cities[:1]
    return cities


def _take_over(typed: dict[str, Any], city: City) -> None:
    typed |= {
        "city": city.name,
        "country": city.country,
        "region": city.region,
        "pin.latitude": city.latitude,
        "pin.longitude": city.longitude,
        "zone": city.zone,
    }


def _label(city: City) -> str:
    parts = [city.name, regions.NAMES.get(city.region), countries.name_of(city.country, get_language() or "en")]
    return ", ".join(part for part in parts if part)


def _merged(before: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """Return the texts typed; one in a language that the campaign does not speak stays as its host wrote it."""
    return {**{code: text for code, text in before.items() if code not in typed}, **typed}


def _title(titles: Mapping[str, str], campaign: Campaign) -> str:
    codes = (get_language() or "en", *campaign.languages, *titles)
    return next((titles[code] for code in codes if titles.get(code)), "—")


def _line(label: Any, *, hint: Any = "", attrs: Mapping[str, str] | None = None) -> forms.CharField:
    widget = forms.TextInput(attrs=dict(attrs or {"dir": "auto"}))
    return forms.CharField(label=label, required=False, help_text=hint, widget=widget)


def _date(label: Any, hint: Any) -> forms.DateField:
    widget = forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, help_text=hint, widget=widget)


def _number(label: Any, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, help_text=hint, min_value=1, max_value=_MOST_PEOPLE)


def _degrees(label: Any, most: int) -> forms.FloatField:
    widget = forms.NumberInput(attrs={"step": "any", "dir": "ltr"})
    return forms.FloatField(label=label, required=False, min_value=-most, max_value=most, widget=widget)


def _tick(label: Any, hint: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=hint)


def _ticks(label: Any, choices: list[tuple[Any, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple)
