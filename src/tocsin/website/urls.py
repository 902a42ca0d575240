"""The addresses of the public pages; the language is in the path, always first."""

from datetime import date

from django.urls import path, register_converter

from tocsin.website.language import is_language
from tocsin.website.views import (
    calendars,
    campaign,
    coming,
    headcounts,
    hosting,
    kit,
    lists,
    own_rally,
    pictures,
    places,
    rallies,
    rally_map,
    standing,
    start,
    texts,
    verify,
)


class LanguageConverter:
    """Takes language codes that Django knows, and nothing else: `api` is no language."""

    regex = "[a-z]{2,3}(?:-[a-z]{2,4})?"

    def to_python(self, value: str) -> str:
        """Return the code, or refuse the address."""
        if not is_language(value):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


class DayConverter:
    """Takes a day as ISO 8601 writes it, and nothing else."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Return the day, or refuse what is in no calendar."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """Return the day."""
        return value.isoformat()


register_converter(LanguageConverter, "lang")
register_converter(DayConverter, "day")

app_name = "website"
urlpatterns = [
    path("", start.start, name="start"),
    path("verify/", verify.verify, name="verify"),
    path("h/<str:token>", own_rally.own, name="own_rally"),
    path("h/<str:token>/change", own_rally.change),
    path("h/<str:token>/cancel", own_rally.cancel_all_dates),
    path("h/<str:token>/team", own_rally.team),
    path("h/<str:token>/date/<int:number>", own_rally.date),
    path("h/<str:token>/date/<int:number>/<slug:verb>", own_rally.date),
    path("h/<str:token>/standing", standing.standing, name="standing"),
    path("<lang:lang>/trust/", start.trust, name="trust"),
    path("<lang:lang>/withdraw/", start.withdraw, name="withdraw"),
    path("<slug:slug>/theme.css", pictures.theme, name="theme"),
    path("<slug:slug>/headcounts.csv", headcounts.headcounts_csv, name="headcounts_csv"),
    path("<slug:slug>/rallies.geojson", rally_map.geojson, name="rallies_geojson"),
    path("<slug:slug>/rallies.svg", rally_map.picture, name="rallies_picture"),
    path("<slug:slug>/rallies/points.json", rally_map.points, name="rallies_points"),
    path("<lang:lang>/<slug:slug>/", campaign.campaign, name="campaign"),
    path("<lang:lang>/<slug:slug>/thanks/", campaign.thanks, name="thanks"),
    path("<lang:lang>/<slug:slug>/lost/", campaign.lost, name="lost"),
    path("<lang:lang>/<slug:slug>/signatures/", lists.signatures, name="signatures"),
    path("<lang:lang>/<slug:slug>/signatures/report/", lists.report, name="report"),
    path("<lang:lang>/<slug:slug>/organisations/", lists.organisations, name="organisations"),
    path("<lang:lang>/<slug:slug>/numbers/", lists.numbers, name="numbers"),
    path("<lang:lang>/<slug:slug>/rallies/map/", rally_map.page, name="rallies_map"),
    path("<lang:lang>/<slug:slug>/appeal/", texts.appeal_versions, name="appeal"),
    path("<lang:lang>/<slug:slug>/appeal/<int:number>/", texts.appeal_version, name="appeal_version"),
    path("<lang:lang>/<slug:slug>/appeal/<int:number>/text.txt", texts.appeal_source, name="appeal_source"),
    path("<lang:lang>/<slug:slug>/privacy/", texts.privacy, name="privacy"),
    path("<lang:lang>/<slug:slug>/privacy/<int:number>/", texts.privacy_version, name="privacy_version"),
    path("<lang:lang>/<slug:slug>/host/", hosting.host, name="host"),
    path("<lang:lang>/<slug:slug>/host/thanks/", hosting.thanks, name="host_thanks"),
    path("<lang:lang>/<slug:slug>/host/lost/", hosting.lost, name="host_lost"),
    path("<lang:lang>/<slug:slug>/host/places/", places.places, name="places"),
    path("<lang:lang>/<slug:slug>/card.png", pictures.card, name="card"),
    path("<lang:lang>/<slug:slug>/qr.svg", pictures.qr, name="qr"),
    # Without a language in the address it is the campaign's first.
    path("<slug:slug>/rallies.ics", calendars.campaign),
    path("<slug:slug>/rallies/country/<slug:code>.ics", calendars.country),
    path("<slug:slug>/rallies/region/<slug:code>.ics", calendars.region),
    path("<slug:slug>/rallies/<slug:rally>.ics", calendars.rally),
    path("<slug:slug>/rallies/<slug:rally>/<day:on>.ics", calendars.occurrence),
    path("<lang:lang>/<slug:slug>/rallies.ics", calendars.campaign, name="calendar"),
    path("<lang:lang>/<slug:slug>/rallies.atom", calendars.atom, name="rallies_feed"),
    path("<lang:lang>/<slug:slug>/rallies/country/<slug:code>.ics", calendars.country, name="country_calendar"),
    path("<lang:lang>/<slug:slug>/rallies/country/<slug:code>.atom", calendars.country_atom, name="country_feed"),
    path("<lang:lang>/<slug:slug>/rallies/region/<slug:code>.ics", calendars.region, name="region_calendar"),
    path("<lang:lang>/<slug:slug>/rallies/region/<slug:code>.atom", calendars.region_atom, name="region_feed"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>.ics", calendars.rally, name="rally_calendar"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/<day:on>.ics", calendars.occurrence, name="date_calendar"),
    path("<lang:lang>/<slug:slug>/rallies/", rallies.rallies, name="rallies"),
    # Last of those below rallies/: what stands above it is no rally's address (rallies.domain.writing).
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/", rallies.rally, name="rally"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/<day:on>/count/", headcounts.count, name="count"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/<day:on>/count/thanks/", headcounts.thanks, name="count_thanks"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/<day:on>/", rallies.occurrence, name="occurrence"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/<day:on>/card.png", pictures.rally_card, name="rally_card"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/<day:on>/kit/", kit.kit, name="kit"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/<day:on>/kit/poster.png", kit.preview, name="kit_preview"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/<day:on>/kit/<slug:name>.pdf", kit.paper, name="kit_paper"),
    path("<lang:lang>/<slug:slug>/rallies/<slug:rally>/<day:on>/thanks/", coming.thanks, name="coming_thanks"),
    path("r/<str:token>", coming.own, name="own_rsvp"),
    path("r/<str:token>/change", coming.change),
    path("r/<str:token>/give-up", coming.give_up),
    path("r/<str:token>/mine", coming.mine),
    path("r/<str:token>/rally.ics", coming.date_file),
    path("r/<str:token>/going.ics", coming.feed),
]
