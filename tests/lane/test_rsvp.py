"""lane.rsvp and the pages behind /r/: from the form on a rally's page to a place, and back."""

import base64
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from http import HTTPStatus

import altcha
import orjson
import pytest
from pytest_django import Settings

from tests.cast import MAYA, OTTO, Person
from tests.factories.coming import token_in, told
from tests.factories.rallies import rally
from tests.factories.signing import open_campaign
from tests.lane.visits import Answer, Visits, elsewhere, tell
from tocsin.kit import keyfiles
from tocsin.rallies.domain.forget import forget
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.states import DateState, RsvpState
from tocsin.seal.tokens import new_token, to_text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]

NOW = datetime.now(UTC)
SOON = (NOW + timedelta(days=20)).date()
PAGE = "/en/night-trains/rallies/kassel/"
POST = f"{PAGE}{SOON.isoformat()}/rsvp"
FORM = {"content-type": "application/x-www-form-urlencoded"}
THANKS = f"{PAGE}{SOON.isoformat()}/thanks/"


@pytest.fixture(autouse=True)
def date_() -> Occurrence:
    made = rally(campaign=open_campaign(), now=NOW, first_on=SOON, capacity=2, duties={"marshal": 2})
    return Occurrence.objects.select_related("rally__campaign").get(rally=made)


class Someone:
    """Somebody with a browser that runs no script, unless they bring a proof."""

    def __init__(self, visits: Visits, *, client: str = "192.0.2.7") -> None:
        self.visits = visits
        self.client = client

    async def form(self, person: Person = MAYA, **more: str) -> dict[str, str]:
        page = await self.visits.get(PAGE)
        assert page.status == HTTPStatus.OK
        shown = re.search(r'name="shown" value="([^"]+)"', page.text)
        assert shown
        return {"shown": shown[1], "email": person.address, "name": person.name} | more

    async def proof(self) -> str:
        challenge = orjson.loads((await self.visits.get("/night-trains/challenge")).body)
        solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
        assert solution is not None
        solved = {"counter": solution.counter, "derivedKey": solution.derived_key}
        return base64.b64encode(orjson.dumps({"challenge": challenge, "solution": solved})).decode()

    async def come(self, person: Person = MAYA, **more: str) -> Answer:
        form = await self.form(person, **more)
        return await self.visits.post(POST, form | {"altcha": await self.proof()}, client=self.client)

    async def link(self, person: Person = MAYA) -> str:
        found: list[str] = []
        await elsewhere(lambda: found.append(to_text(token_in(told(person)[-1]))))
        return f"/r/{found[0]}"


async def counts(visits: Visits) -> tuple[int, int]:
    found: list[tuple[int, int]] = []
    await elsewhere(lambda: found.append(Occurrence.objects.values_list("coming", "waiting").get()))
    return found[0]


def test_from_the_form_to_a_place_and_back() -> None:
    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        answer = await someone.come(guests="1")
        assert (answer.status, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, THANKS)
        thanks = await visits.get(THANKS)
        assert thanks.status == HTTPStatus.OK
        assert "Now look in your mail" in thanks.text

        link = await someone.link()
        assert "Say that you come" in (await visits.get(link)).text
        assert await counts(visits) == (0, 0)
        pressed = await visits.post(link, {"consent": "yes"}, headers=FORM)
        assert "<h1>You are coming</h1>" in pressed.text
        assert await counts(visits) == (2, 0)

        form = {"guests": "0", "duty": "marshal", "needs": "A ramp"}
        changed = await visits.post(f"{link}/change", form, headers=FORM)
        assert "Saved." in changed.text
        assert "A ramp</textarea>" in changed.text
        assert await counts(visits) == (1, 0)

        mine = orjson.loads((await visits.post(f"{link}/mine", {})).body)
        assert (mine["email"], mine["needs"], mine["duty"]) == (MAYA.address, "A ramp", "marshal")

        gone = await visits.post(f"{link}/give-up", {})
        assert "You are not coming" in gone.text
        assert MAYA.name not in gone.text
        assert await counts(visits) == (0, 0)

    tell(story)


def test_looking_changes_nothing_whoever_looks() -> None:
    """Mail programs open every link in a mail, with GET and with HEAD."""

    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        await someone.come()
        link = await someone.link()
        for verb in ("", "/give-up", "/rally.ics", "/going.ics", "/change", "/mine"):
            for method in ("GET", "HEAD"):
                await visits.ask(method, f"{link}{verb}")
        states: list[int] = []
        await elsewhere(lambda: states.append(Rsvp.objects.get().state))
        assert states == [RsvpState.ASKED]
        assert await counts(visits) == (0, 0)

    tell(story)


def test_a_robot_that_presses_the_button_ticks_no_box() -> None:
    async def story(visits: Visits) -> None:
        await Someone(visits).come()
        link = await Someone(visits).link()
        assert (
            '<input type="checkbox" name="consent" value="yes" required id="consent" >' in (await visits.get(link)).text
        )
        for form in ({}, {"consent": ""}, {"consent": "no"}, {"guests": "2"}):
            answer = await visits.post(link, form, headers=FORM)
            assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
            assert 'id="consent-wrong">Please tick this box first' in answer.text
            assert "checked" not in answer.text
        assert await counts(visits) == (0, 0)
        assert "<h1>You are coming</h1>" in (await visits.post(link, {"consent": "yes"}, headers=FORM)).text
        again = await visits.post(link, {})
        assert (again.status, "<h1>You are coming</h1>" in again.text) == (HTTPStatus.OK, True)

    tell(story)


def test_nobody_learns_whether_somebody_comes() -> None:
    async def story(visits: Visits) -> None:
        new = await Someone(visits).come(MAYA)
        link = await Someone(visits).link()
        await visits.post(link, {"consent": "yes"}, headers=FORM)
        again = await Someone(visits).come(MAYA)
        other = await Someone(visits).come(OTTO)
        assert new == again == other

    tell(story)


def test_what_is_wrong_comes_back_with_all_that_was_typed() -> None:
    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        typed = {"guests": "3", "needs": 'Shade & "quiet"', "duty": "marshal"}
        for email, words in (
            ("", "Please enter your e-mail address"),
            ("maya at example", "It needs the form name@example.org"),
            ("maya@gmial.com", "Is this address spelled right?"),
        ):
            form = await someone.form() | typed | {"email": email}
            answer = await visits.post(POST, form | {"altcha": await someone.proof()})
            assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
            page = unescape(answer.text)
            assert words in page
            assert f'value="{email}"' in page
            assert 'Shade & "quiet"</textarea>' in page
            assert '<option value="3" selected>' in page
            assert '<option value="marshal" selected>' in page
        assert await counts(visits) == (0, 0)

    tell(story)


def test_without_a_script_it_waits_and_nothing_is_lost(settings: Settings) -> None:
    settings.SECOND_STEP_SECONDS = 0

    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        page = await visits.post(POST, await someone.form(guests="1"))
        held = re.search(r'name="held" value="([^"]+)"', page.text)
        assert held
        assert f'action="{POST}"' in page.text
        answer = await visits.post(POST, {"held": held[1]})
        assert answer.headers["location"] == THANKS
        await visits.post(await someone.link(), {"consent": "yes"}, headers=FORM)
        assert await counts(visits) == (2, 0)

    tell(story)


def test_who_read_an_older_hour_is_told_the_new_one(date_: Occurrence) -> None:
    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        form = await someone.form()
        later = date_.starts_at + timedelta(hours=2)
        await elsewhere(lambda: Occurrence.objects.update(starts_at=later, ends_at=later + timedelta(hours=1)))
        answer = await visits.post(POST, form | {"altcha": await someone.proof()})
        assert answer.status == HTTPStatus.CONFLICT
        assert "changed while you were writing" in answer.text
        assert f'value="{MAYA.address}"' in answer.text

    tell(story)


def test_nobody_comes_to_what_is_cancelled_or_was_never_there() -> None:
    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        form = await someone.form()
        nowhere = f"{PAGE}{date(2020, 1, 1).isoformat()}/rsvp"
        gone = await visits.post(nowhere, form | {"altcha": await someone.proof()})
        assert gone.status == HTTPStatus.CONFLICT
        assert (await visits.post(f"{PAGE}rsvp", form)).status == HTTPStatus.NOT_FOUND
        assert (await visits.post(f"{PAGE}2026-99-99/rsvp", form)).status == HTTPStatus.NOT_FOUND
        assert (await visits.get(POST)).status == HTTPStatus.METHOD_NOT_ALLOWED
        await elsewhere(lambda: Occurrence.objects.update(state=DateState.CANCELLED))
        answer = await visits.post(POST, form | {"altcha": await someone.proof()})
        assert answer.status == HTTPStatus.CONFLICT
        assert "Nothing you typed was stored." in answer.text
        rows: list[int] = []
        await elsewhere(lambda: rows.append(Rsvp.objects.count()))
        assert rows == [0]

    tell(story)


def test_one_proof_is_one_rsvp() -> None:
    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        form = await someone.form() | {"altcha": await someone.proof()}
        assert (await visits.post(POST, form)).status == HTTPStatus.SEE_OTHER
        assert (await visits.post(POST, form)).status == HTTPStatus.CONFLICT

    tell(story)


def test_another_site_cannot_let_its_visitors_come() -> None:
    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        form = await someone.form() | {"altcha": await someone.proof()}
        evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await visits.post(POST, form, headers=evil)).status == HTTPStatus.FORBIDDEN
        await someone.come()
        link = await someone.link()
        for path in (link, f"{link}/give-up", f"{link}/change"):
            assert (await visits.post(path, {}, headers=evil)).status == HTTPStatus.FORBIDDEN

    tell(story)


def test_one_click_in_a_mail_program_gives_the_place_up() -> None:
    """RFC 8058: the provider's server posts, without an Origin."""

    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        await someone.come()
        link = await someone.link()
        await visits.post(link, {"consent": "yes"}, headers=FORM)
        answer = await visits.post(f"{link}/give-up", {"List-Unsubscribe": "One-Click"})
        assert answer.status == HTTPStatus.OK
        assert await counts(visits) == (0, 0)

    tell(story)


def test_a_fortnight_after_a_date_of_a_series_its_links_say_that_it_is_over(date_: Occurrence) -> None:
    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        await someone.come()
        link = await someone.link()
        await visits.post(link, {"consent": "yes"}, headers=FORM)
        await elsewhere(lambda: Rally.objects.update(repeat="FREQ=WEEKLY"))
        await elsewhere(lambda: forget(now=date_.ends_at + timedelta(days=13)))
        assert "<h1>You are coming</h1>" in (await visits.get(link)).text
        assert b"BEGIN:VEVENT" in (await visits.get(f"{link}/going.ics")).body
        await elsewhere(lambda: forget(now=date_.ends_at + timedelta(days=14)))
        assert await counts(visits) == (1, 0)
        for path in (link, f"{link}/going.ics", f"{link}/give-up"):
            answer = await visits.get(path)
            assert answer.status == HTTPStatus.NOT_FOUND
            assert "<h1>This date is over, or the link is cut off</h1>" in answer.text

    tell(story)


def test_a_link_of_nobody_leads_nowhere_and_every_page_behind_one_is_secret() -> None:
    async def story(visits: Visits) -> None:
        nobody = f"/r/{to_text(new_token())}"
        asked = [
            await visits.post(f"{nobody}{verb}", {}) for verb in ("", "/change", "/give-up", "/mine", "/going.ics")
        ]
        for answer in (await visits.get(nobody), *asked):
            assert answer.status == HTTPStatus.NOT_FOUND
            assert "This date is over, or the link is cut off" in answer.text
        someone = Someone(visits)
        await someone.come()
        link = await someone.link()
        for answer in (await visits.get(link), await visits.post(link, {"consent": "yes"}, headers=FORM)):
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-robots-tag"] == "noindex"
            assert answer.headers["referrer-policy"] == "strict-origin"
            assert "set-cookie" not in answer.headers

    tell(story)


def test_while_the_keys_are_sealed_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(visits: Visits) -> None:
        someone = Someone(visits)
        form = await someone.form()
        await someone.come()
        link = await someone.link()

        def sealed(*_: object) -> bytes:
            raise keyfiles.KeysSealedError

        monkeypatch.setattr(keyfiles, "is_locked", lambda: True)
        monkeypatch.setattr(keyfiles, "read", sealed)
        answer = await visits.post(POST, form)
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert "keeps its keys sealed" in answer.text
        assert f'value="{MAYA.address}"' in answer.text
        for answer in (await visits.get(link), await visits.post(link, {"consent": "yes"}, headers=FORM)):
            assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE

    tell(story)


def test_a_full_date_offers_its_waiting_list() -> None:
    async def story(visits: Visits) -> None:
        for at, person in enumerate((MAYA, OTTO)):
            someone = Someone(visits, client=f"192.0.{at}.7")
            await someone.come(person, guests="1")
            page = await visits.post(await someone.link(person), {"consent": "yes"}, headers=FORM)
            assert f"<h1>{'You are coming' if person is MAYA else 'You are on the waiting list'}</h1>" in page.text
        assert await counts(visits) == (2, 2)
        wrong = await visits.post(POST, await someone.form() | {"email": "x"})
        assert "All places are taken at the moment." in wrong.text
        assert "Put me on the waiting list" in wrong.text

    tell(story)
