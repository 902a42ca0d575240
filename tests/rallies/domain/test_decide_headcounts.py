"""The team shows what people say of how many came, with its photo or without, refuses it, and takes that back."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from pytest_django import Settings

from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.rallies.domain.test_headcounts import date_of, report, revision
from tests.rallies.pictures import picture
from tocsin.campaigns.models import Campaign
from tocsin.rallies import photo_files
from tocsin.rallies.domain.decide_headcounts import Decision, decide_headcounts, erase_photos
from tocsin.rallies.domain.headcounts import MOST_PHOTOS
from tocsin.rallies.domain.merge import merge
from tocsin.rallies.domain.refuse import refuse
from tocsin.rallies.domain.trust import trust
from tocsin.rallies.models import Headcount, Occurrence, Rally
from tocsin.rallies.photo_files import erase_strays
from tocsin.rallies.photos import fresh_photo
from tocsin.rallies.queries.headcounts import waiting_headcount_count, waiting_headcounts
from tocsin.rallies.refusals import Refusal, RefusedError
from tocsin.rallies.states import KEY_DAYS, ReportState, Source, State

pytestmark = pytest.mark.django_db(transaction=True)
SHOWN, REFUSED, WAITING = ReportState.SHOWN, ReportState.REFUSED, ReportState.WAITING


@pytest.fixture(scope="module")
def photo() -> bytes:
    return fresh_photo(BytesIO(picture()))


@pytest.fixture
def trains() -> Campaign:
    return CampaignFactory.create(slug="night-trains")


@pytest.fixture
def date(trains: Campaign) -> Occurrence:
    return date_of(factory.rally(campaign=trains))


@pytest.fixture
def now(date: Occurrence) -> datetime:
    return date.ends_at + timedelta(hours=2)


def states(headcount: Headcount) -> tuple[ReportState, ReportState]:
    headcount.refresh_from_db()
    return ReportState(headcount.state), ReportState(headcount.photo_state)


def files(settings: Settings) -> set[str]:
    """Return the names of all photos that lie on the disk."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.glob("headcounts/*/*")}


def test_the_team_shows_what_waited_and_may_take_it_back(trains: Campaign, date: Occurrence, now: datetime) -> None:
    one, other = (report(date, source=Source.ATTENDEE).pk for _ in range(2))
    before = revision(trains)

    def decide(decision: Decision, *numbers: int) -> list[int]:
        return decide_headcounts(campaign=trains, headcounts=numbers, decision=decision, now=now)

    assert decide(Decision.SHOW, other, one, one) == [one, other]
    assert decide(Decision.SHOW, one) == []
    assert decide(Decision.REFUSE, one) == [one]
    assert decide(Decision.LET_WAIT, one) == [one]
    assert decide(Decision.SHOW, one) == [one]
    assert revision(trains) == before + 4


def test_a_photo_waits_whoever_sends_it_but_the_team_and_whom_it_trusts(
    trains: Campaign, date: Occurrence, photo: bytes, now: datetime
) -> None:
    host, _ = factory.host(date.rally)
    theirs, hosts = report(date, source=Source.ATTENDEE, photo=photo), report(date, photo=photo, host=host)
    assert (states(theirs), states(hosts)) == ((WAITING, WAITING), (SHOWN, WAITING))
    assert waiting_headcounts(trains, limit=9) == [theirs, hosts]

    trust(campaign=trains, rally=date.rally_id, now=now)
    trusted = report(date, photo=photo, host=host)
    large = report(date, photo=photo, host=host, high=100_000)
    teams = report(date, photo=photo, by_team=True)
    assert (states(trusted), states(large), states(teams)) == ((SHOWN, SHOWN), (WAITING, WAITING), (SHOWN, SHOWN))
    assert waiting_headcount_count(trains.pk) == 3
    assert (teams.photo_width, teams.photo_height) == (60, 40)


@pytest.mark.parametrize(
    "decision, becomes",
    [
        (Decision.SHOW, (SHOWN, SHOWN)),
        (Decision.SHOW_WITHOUT_PHOTO, (SHOWN, REFUSED)),
        (Decision.REFUSE, (REFUSED, REFUSED)),
        (Decision.SHOW_PHOTO, (WAITING, WAITING)),  # the report first
    ],
)
def test_a_visitors_report_and_its_photo_are_decided_together(  # noqa: PLR0917  fixtures
    trains: Campaign,
    date: Occurrence,
    photo: bytes,
    now: datetime,
    decision: Decision,
    becomes: tuple[ReportState, ReportState],
) -> None:
    stored = report(date, source=Source.ATTENDEE, photo=photo)
    moved = decide_headcounts(campaign=trains, headcounts=[stored.pk], decision=decision, now=now)

    assert (states(stored), bool(moved)) == (becomes, becomes != (WAITING, WAITING))


def test_what_was_shown_and_is_refused_leaves_its_address_at_once_and_the_disk_after_a_day(
    trains: Campaign, date: Occurrence, photo: bytes, now: datetime, settings: Settings
) -> None:
    one, other = (report(date, photo=photo, by_team=True) for _ in range(2))
    public = str(one.photo.name)
    assert files(settings) == {public, str(other.photo.name)}

    decide_headcounts(campaign=trains, headcounts=[one.pk], decision=Decision.REFUSE_PHOTO, now=now)
    assert states(one) == (SHOWN, REFUSED)
    assert public not in files(settings)
    assert str(one.photo.name) in files(settings)

    decide_headcounts(campaign=trains, headcounts=[one.pk], decision=Decision.LET_PHOTO_WAIT, now=now)
    assert erase_photos(now=now + timedelta(days=2)) == 0
    decide_headcounts(campaign=trains, headcounts=[one.pk], decision=Decision.REFUSE, now=now)
    assert erase_photos(now=now + timedelta(hours=23)) == 0
    assert erase_photos(now=now + timedelta(days=1)) == 1
    assert files(settings) == {str(other.photo.name)}
    one.refresh_from_db()
    assert one.photo.name == ""
    decide_headcounts(campaign=trains, headcounts=[one.pk], decision=Decision.SHOW, now=now)
    assert states(one)[0] is SHOWN


def test_a_process_that_read_a_photo_anew_between_commit_and_deletion_drops_it(
    trains: Campaign, date: Occurrence, photo: bytes, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = report(date, photo=photo, by_team=True)
    delete, seen = FileSystemStorage.delete, list[int]()

    def after_the_pulse_saw_the_commit(storage: FileSystemStorage, name: str) -> None:
        seen.append(revision(trains))
        delete(storage, name)

    monkeypatch.setattr(FileSystemStorage, "delete", after_the_pulse_saw_the_commit)
    decide_headcounts(campaign=trains, headcounts=[one.pk], decision=Decision.REFUSE_PHOTO, now=now)
    assert revision(trains) == seen[0] + 1


def test_photos_of_a_refused_rally_and_of_a_campaign_that_is_gone_are_erased(
    trains: Campaign, date: Occurrence, photo: bytes, now: datetime, settings: Settings
) -> None:
    gone, kept = date_of(factory.rally(campaign=CampaignFactory.create())), date_of(factory.rally(campaign=trains))
    for one in (date, gone, kept):
        report(one, photo=photo, by_team=True)
    Rally.objects.filter(pk=date.rally_id).update(state=State.REFUSED, changed_at=now)
    gone.rally.campaign.delete()

    later = max(now, datetime.now(now.tzinfo)) + timedelta(days=KEY_DAYS)
    assert (erase_photos(now=later), erase_strays(later)) == (1, 1)
    assert [str(one.photo.name) for one in Headcount.objects.exclude(photo="")] == sorted(files(settings))
    assert Headcount.objects.get(occurrence=kept).photo.name in files(settings)


def test_a_file_that_goes_while_strays_are_looked_for_ends_no_round(
    date: Occurrence, photo: bytes, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(date, photo=photo, by_team=True)
    for number in (1, 2):
        photo_files.store(date.pk + number, photo)
    ask, asked = FileSystemStorage.get_modified_time, list[str]()

    def after_somebody_erased_the_first(storage: FileSystemStorage, name: str) -> datetime:
        if not asked:
            storage.delete(name)
        asked.append(name)
        return ask(storage, name)

    monkeypatch.setattr(FileSystemStorage, "get_modified_time", after_somebody_erased_the_first)
    assert erase_strays(datetime.now(UTC) + timedelta(days=2)) == 1
    assert files(settings) == {str(one.photo.name) for one in Headcount.objects.all()}


@pytest.mark.parametrize("gone", [State.REFUSED, State.MERGED])
def test_a_shown_photo_leaves_its_address_with_its_rally(  # noqa: PLR0917  fixtures
    trains: Campaign, date: Occurrence, photo: bytes, now: datetime, settings: Settings, gone: State
) -> None:
    other = factory.rally(campaign=trains)
    ours, kept = report(date, photo=photo, by_team=True), report(date_of(other), photo=photo, by_team=True)
    public = str(ours.photo.name)

    if gone is State.REFUSED:
        assert refuse(campaign=trains, rallies=[date.rally_id], now=now) == [date.rally_id]
    else:
        assert merge(campaign=trains, rally=date.rally_id, into=other.pk, now=now) is not None
    assert (states(ours), states(kept)) == ((SHOWN, WAITING), (SHOWN, SHOWN))
    assert public not in files(settings)
    assert files(settings) == {str(ours.photo.name), str(kept.photo.name)}
    assert erase_photos(now=now + timedelta(days=KEY_DAYS)) == 1
    assert files(settings) == {str(kept.photo.name)}


def test_a_date_takes_so_many_photos_and_goes_on_taking_numbers(
    trains: Campaign, date: Occurrence, photo: bytes, now: datetime
) -> None:
    first = report(date, source=Source.ATTENDEE, photo=photo)
    rows = [Headcount(**_like(first), photo=f"headcounts/0/{number}.jpg") for number in range(MOST_PHOTOS - 1)]
    Headcount.objects.bulk_create(rows)

    with pytest.raises(RefusedError) as error:
        report(date, source=Source.ATTENDEE, photo=photo)
    assert [(one.field, one.refusal) for one in error.value.refused] == [("photo", Refusal.PHOTOS_ENOUGH)]
    assert report(date, source=Source.ATTENDEE).photo.name == ""
    decide_headcounts(campaign=trains, headcounts=[first.pk], decision=Decision.REFUSE, now=now)
    assert report(date, source=Source.ATTENDEE, photo=photo).photo.name


def test_quinns_team_neither_shows_nor_refuses_ours(date: Occurrence, photo: bytes, now: datetime) -> None:
    quinns = CampaignFactory.create(slug="open-libraries")
    ours = report(date, photo=photo)

    for decision in Decision:
        assert decide_headcounts(campaign=quinns, headcounts=[ours.pk], decision=decision, now=now) == []
    assert states(ours) == (SHOWN, WAITING)


def _like(headcount: Headcount) -> dict[str, object]:
    names = ("occurrence_id", "low", "high", "method", "source", "reported_on")
    return {name: getattr(headcount, name) for name in names}
