"""Who came where, as an open file: the columns of the Crowd Counting Consortium, for the whole world.

One row for each date that is over, reported or not, so that coverage and sums can be recounted from the
file alone. The columns up to `lon` are theirs, in the sense of their data dictionary; what they have no
column for, since they count in the United States, follows in columns of our own.
"""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Final

from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.kit.spreadsheets import cell
from tocsin.rallies.models import Occurrence
from tocsin.rallies.public_place import public_pin, public_place
from tocsin.rallies.queries.headcounts import Crowd, Report
from tocsin.rallies.states import Attendance

_SOURCES: Final = 5
THEIRS: Final = (
    *("date", "locality", "state", "location", "location_detail", "online", "type", "macroevent", "actors", "claims"),
    *("size_low", "size_high", "size_mean", "size_text", "size_cat"),
    *(f"source_{number}" for number in range(1, _SOURCES + 1)),
    *("lat", "lon"),
)
OURS: Final = ("country", "region", "starts_at", "zone", "reports", "page", "uid")
COLUMNS: Final = THEIRS + OURS
_SIZES: Final = (100, 1_000, 10_000)  # their size_cat: 0 unknown, 1 below the first, 4 from the last on


def headcount_file(
    dates: Iterable[tuple[Occurrence, Crowd | None]],
    *,
    campaign: Campaign,
    language: str,
    page_of: Callable[[Occurrence], str],
) -> str:
    """Return the file as CSV (RFC 4180), its texts in `language`; `page_of` gives the address of a date's page."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    title = in_language(campaign.title, language, campaign)
    for date, crowd in dates:
        day = date.rally.day_of_action
        macroevent = (in_language(day.title, language, campaign) if day else "") or title
        row = _row(date, crowd) | {"macroevent": cell(macroevent), "claims": cell(title), "page": page_of(date)}
        writer.writerow([row.get(name, "") for name in COLUMNS])
    return out.getvalue()


def _row(date: Occurrence, crowd: Crowd | None) -> dict[str, object]:
    rally = date.rally
    part = rally.region.partition("-")[2]
    at = public_place(rally, date)
    pins = (date.latitude, date.longitude), (rally.latitude, rally.longitude)
    latitude, longitude = public_pin(*pins, is_private=rally.is_address_private)
    return {
        "date": date.held_on.isoformat(),
        "locality": cell(rally.city),
        "state": cell(part),
        "location": cell(", ".join(filter(None, (rally.city, part, rally.country)))),
        "location_detail": cell(", ".join(filter(None, (at.place, at.address)))),
        "online": int(rally.attendance == Attendance.ONLINE),
        "type": "rally",
        "actors": cell(rally.held_by),
        "size_cat": 0,
        "lat": "" if latitude is None else latitude,
        "lon": "" if longitude is None else longitude,
        "country": rally.country,
        "region": cell(rally.region),
        "starts_at": date.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "zone": rally.zone,
        "reports": 0,
        "uid": f"{rally.uid}/{date.original_on.isoformat()}",
        **(_sizes(crowd) if crowd else {}),
    }


def _sizes(crowd: Crowd) -> dict[str, object]:
    reports = (*crowd.counting, *crowd.others)
    named = dict.fromkeys(filter(None, (one.url or one.source_name for one in reports)))
    sources = list(named) or [reports[0].source]
    twice = crowd.low + crowd.high
    return {
        "size_low": crowd.low,
        "size_high": crowd.high,
        "size_mean": f"{twice // 2}{'.5' if twice % 2 else ''}",
        "size_text": cell("; ".join(_said(one) for one in reports)),
        "size_cat": 1 + sum(twice >= 2 * size for size in _SIZES),
        "reports": len(reports),
        **{f"source_{place}": cell(source) for place, source in enumerate(sources[:_SOURCES], start=1)},
    }


def _said(report: Report) -> str:
    """Return who says what, and how they know, on a line: "police (Polizei Nordhessen) 200-250 estimate"."""
    name = f" ({report.source_name})" if report.source_name else ""
    size = str(report.low) if report.low == report.high else f"{report.low}-{report.high}"
    return f"{report.source}{name} {size} {report.method}"
