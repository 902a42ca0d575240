"""How many came, as pages show it: a range, who says so and how they know; and the form to say it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tocsin.rallies.domain.headcounts import MOST_NAME, MOST_NOTE, takes_headcounts
from tocsin.rallies.headcount_fields import OFFERED
from tocsin.rallies.headcount_words import HOW, SAY_METHOD, WHO
from tocsin.rallies.models import Headcount, Occurrence
from tocsin.rallies.queries.headcounts import crowd_of, report_of, shown_headcounts
from tocsin.rallies.states import Method, ReportState, Source
from tocsin.rallies.wording import day_in, place_in
from tocsin.website.form import Field

_FIELDS = ("low", "high", "method", "source", "source_name", "url", "note", "photo_caption", "photo_credit", "photo")
_REQUIRED = frozenset({"low", "high", "method", "source"})
_PREFIX = "crowd-"
_SAY_SOURCE: dict[str, str | Promise] = {
    Source.ATTENDEE: gettext_lazy("I was there"),
    Source.PRESS: gettext_lazy("A newspaper or station says so"),
    Source.POLICE: gettext_lazy("The police or a public office says so"),
}


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that came with a report: who sent it, its address, what it is said to show, and its size in pixels."""

    number: int  # of its report
    who: str
    name: str
    url: str
    alt: str
    caption: str
    credit: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """What one of them says."""

    who: str
    name: str  # of a paper or an office, in its own language
    low: int
    high: int
    how: str
    note: str
    url: str
    photo: int  # the number of the one that came with it; 0: none is shown
    day: str  # ISO 8601

    @property
    def is_one_number(self) -> bool:
        """Whether they give a number rather than a range."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Headcounts:
    """What a rally's page says of how many came to one date."""

    low: int
    high: int
    lines: Sequence[Line]  # those that make the range
    others: Sequence[Line]
    photos: Sequence[Photo]  # the newest first, those of reports that a later one has replaced among them
    form_path: str  # "" while nobody can say

    @property
    def is_one_number(self) -> bool:
        """Whether all who have spoken say the same."""
        return self.low == self.high


def headcounts_of(occurrence: Occurrence, language: str, *, now: datetime) -> Headcounts | None:
    """Return what `website/rally_headcounts.html` shows, as `headcounts`, in the language that is active.

    One query. None while there is nothing to say and nobody may say it: before the date begins.
    """
    stored = {one.pk: one for one in shown_headcounts(occurrence)}
    crowd = crowd_of(report_of(one) for one in stored.values())
    can_say = takes_headcounts(occurrence.rally, occurrence, now)
    if crowd is None and not can_say:
        return None
    return Headcounts(
        low=crowd.low if crowd else 0,
        high=crowd.high if crowd else 0,
        lines=_lines(stored[one.number] for one in crowd.counting) if crowd else (),
        others=_lines(stored[one.number] for one in crowd.others) if crowd else (),
        photos=_photos(stored.values(), occurrence, language),
        form_path=f"{date_path(occurrence, language)}count/" if can_say else "",
    )


def _photos(headcounts: Iterable[Headcount], occurrence: Occurrence, language: str) -> list[Photo]:
    # What a photo is to who cannot see it: where and when it was taken. Of a private place that is the town.
    where, day = place_in(occurrence.rally, occurrence, language), day_in(occurrence, language)
    return [
        Photo(
            number=one.pk,
            who=str(WHO[one.source]),
            name=one.source_name,
            url=one.photo.url,
            alt=_("Photo from %(place)s, %(day)s") % {"place": where, "day": day},
            caption=one.photo_caption,
            credit=one.photo_credit,
            width=one.photo_width,
            height=one.photo_height,
        )
        for one in headcounts
        if _shows_photo(one)
    ]


def _shows_photo(headcount: Headcount) -> bool:
    return bool(headcount.photo) and headcount.photo_state == ReportState.SHOWN


def _lines(headcounts: Iterable[Headcount]) -> list[Line]:
    return [
        Line(
            who=str(WHO[one.source]),
            name=one.source_name,
            low=one.low,
            high=one.high,
            how=str(HOW[one.method]),
            note=one.note,
            url=one.url,
            photo=one.pk if _shows_photo(one) else 0,
            day=one.reported_on.isoformat(),
        )
        for one in headcounts
    ]


class Choice(NamedTuple):
    """One thing to choose."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountForm:
    """The form, filled in with what was typed, and what to mend beside each field."""

    action: str
    challenge_path: str
    low: Field
    high: Field
    method: Field
    source: Field
    source_name: Field
    url: Field
    note: Field
    photo_caption: Field
    photo_credit: Field
    photo: Field
    methods: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    notice: str

    most_name = MOST_NAME
    most_note = MOST_NOTE

    @property
    def wrong_fields(self) -> list[Field]:
        """The fields to mend, in the order of the form."""
        fields = (self.low, self.high, self.method, self.source, self.source_name, self.url, self.note)
        return [field for field in (*fields, *self._of_photo) if field.error]

    @property
    def photo_values(self) -> dict[str, str]:
        """What was typed about the photo."""
        return {field.name: field.value for field in self._of_photo}

    @property
    def photo_errors(self) -> dict[str, str]:
        """What to mend about the photo."""
        return {field.name: field.error for field in self._of_photo}

    @property
    def _of_photo(self) -> tuple[Field, ...]:
        return self.photo_caption, self.photo_credit, self.photo


def count_form(
    occurrence: Occurrence,
    language: str,
    *,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    notice: str = "",
) -> CountForm:
    """Return the form about one date, in the language that is active."""
    fields = {
        name: Field(
            name=name,
            id=f"{_PREFIX}{name}",
            value=values.get(name, ""),
            error=str(errors.get(name, "")),
            is_required=name in _REQUIRED,
        )
        for name in _FIELDS
    }
    chosen = fields["source"].value or Source.ATTENDEE
    return CountForm(
        action=f"{date_path(occurrence, language)}count",
        challenge_path=f"/{occurrence.rally.campaign.slug}/challenge",
        **fields,
        methods=tuple(Choice(one, str(SAY_METHOD[one]), one == fields["method"].value) for one in Method),
        sources=tuple(Choice(one, str(_SAY_SOURCE[one]), one == chosen) for one in OFFERED),
        notice=notice,
    )


def date_path(occurrence: Occurrence, language: str) -> str:
    """Return the path below which one date's form is."""
    rally = occurrence.rally
    return f"/{language}/{rally.campaign.slug}/rallies/{rally.slug}/{occurrence.original_on.isoformat()}/"
