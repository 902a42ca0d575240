"""POST /{lang}/withdraw/: receipt, link and address take out of the number what the database has lost."""

from http import HTTPStatus

import pytest
from pytest_django import Settings

from tests.cast import MAYA, OTTO
from tests.factories.signing import count, counted, open_campaign
from tests.lane.visits import Answer, Visits, tell
from tocsin.campaigns.models import Campaign
from tocsin.seal.tokens import to_text
from tocsin.signing.models import Signature
from tocsin.signing.receipts import receipt_of
from tocsin.tally.queries import count_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


@pytest.fixture
def form(campaign: Campaign) -> dict[str, str]:
    """Return what Maya fills in, on a server that has lost all rows."""
    token, _ = counted(campaign, [MAYA, OTTO])
    receipt = receipt_of(token)
    assert receipt is not None
    Signature.objects.all().delete()
    return {"receipt": receipt, "link": f"http://testserver/c/{to_text(token)}", "email": MAYA.address}


def posted(*forms: dict[str, str], path: str = "/en/withdraw/", **headers: str) -> list[Answer]:
    found: list[Answer] = []

    async def story(visits: Visits) -> None:
        found.extend([await visits.post(path, one, headers=headers) for one in forms])

    tell(story)
    return found


def heading(answer: Answer) -> str:
    return answer.text.partition("<h1>")[2].partition("</h1>")[0]


def test_it_is_withdrawn_once_and_then_said_to_be(campaign: Campaign, form: dict[str, str]) -> None:
    first, second = posted(form, form)
    assert (first.status, heading(first)) == (HTTPStatus.OK, "Your signature is withdrawn")
    assert (second.status, heading(second)) == (HTTPStatus.OK, "This signature is withdrawn already")
    assert first.headers["cache-control"] == "no-store"
    count()
    assert count_of(campaign.pk).number == 1


def test_wrong_data_gets_one_answer_and_what_was_typed_comes_back(form: dict[str, str]) -> None:
    wrong = [form | {"email": OTTO.address}, form | {"link": to_text(b"?" * 32)}]
    answers = posted(*wrong)
    assert {answer.status for answer in answers} == {HTTPStatus.UNPROCESSABLE_ENTITY}
    bare = {
        answer.text.replace(one["email"], "E").replace(one["link"], "L")
        for answer, one in zip(answers, wrong, strict=True)
    }
    assert len(bare) == 1
    assert form["receipt"].partition("\n")[0] in answers[0].text
    assert all("do not belong to one signature" in answer.text for answer in answers)


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"receipt": "x"}, "not a whole receipt"),
        ({"link": "x"}, "It has /c/ in it"),
        ({"email": "x"}, "does not look like an e-mail address"),
    ],
)
def test_what_is_wrong_in_form_is_said_beside_its_field(
    form: dict[str, str], wrong: dict[str, str], words: str
) -> None:
    [answer] = posted(form | wrong)
    assert (answer.status, words in answer.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    [field] = wrong

    assert f'id="{field}-wrong"' in answer.text


def test_nothing_of_the_form_is_a_crash(campaign: Campaign) -> None:
    assert [one.status for one in posted({}, {"receipt": "<script>", "link": "%ff", "email": "a@b.c"})] == [
        HTTPStatus.UNPROCESSABLE_ENTITY
    ] * 2


def test_guessing_is_slowed_down(campaign: Campaign, form: dict[str, str], settings: Settings) -> None:
    settings.ADDRESS_RATE = 2
    statuses = [one.status for one in posted(*[form | {"link": to_text(b"?" * 32)}] * 3)]
    assert statuses == [HTTPStatus.UNPROCESSABLE_ENTITY] * 2 + [HTTPStatus.TOO_MANY_REQUESTS]


def test_a_form_from_another_site_is_refused(form: dict[str, str]) -> None:
    [answer] = posted(form, origin="https://evil.example", **{"sec-fetch-site": "cross-site"})
    assert answer.status == HTTPStatus.FORBIDDEN


def test_a_language_that_nobody_knows_has_no_such_page(form: dict[str, str]) -> None:
    assert posted(form, path="/xx/withdraw/")[0].status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_page_is_there_and_led_to_by_links_that_lead_nowhere(campaign: Campaign, language: str) -> None:
    async def story(visits: Visits) -> None:
        page = await visits.get(f"/{language}/withdraw/")
        assert page.status == HTTPStatus.OK
        assert f'action="/{language}/withdraw/"' in page.text
        assert 'name="receipt"' in page.text
        lost = await visits.get(f"/m/{to_text(b'?' * 32)}")
        assert 'href="/en/withdraw/"' in lost.text
        assert f'href="/{language}/withdraw/"' in (await visits.get(f"/{language}/trust/")).text
        assert f'href="/{language}/withdraw/"' in (await visits.get(f"/{language}/night-trains/numbers/")).text

    tell(story)


def test_somebody_else_at_the_same_time_is_not_slowed_down(form: dict[str, str], settings: Settings) -> None:
    settings.ADDRESS_RATE = 1
    other = OTTO.address
    assert [one.status for one in posted(form, form | {"email": other})] == [
        HTTPStatus.OK,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ]
