"""lane.guard: the steps of forms other than the sign form: waiting, proof, limits, spent once, nothing typed lost."""

import asyncio
import base64
import html
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import altcha
import orjson
import pytest
from pytest_django import Settings

from tests.factories.signing import NOW, open_campaign
from tests.lane.visits import left_as_found
from tocsin.kit import addresses, keyfiles
from tocsin.kit.addresses import Address
from tocsin.lane.engine import Engine
from tocsin.lane.guard import Form, Refusal, Shown, Wrong, guarded, once
from tocsin.lane.http import Request, Response
from tocsin.lane.proof import mint
from tocsin.signing.domain import Proof
from tocsin.signing.models import SpentProof

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]

ACTION = "/en/night-trains/lend-a-hand"
TYPED = {"name": 'Ana "Żółć" <b>', "email": "ana@example.org"}


@dataclass
class Helpers:
    """A form as a feature hands it to the guard: it keeps what it took."""

    engine: Engine
    taken: list[Address] = field(default_factory=list)
    action: str = ACTION
    read: Counter[str] = field(default_factory=Counter)

    def form(self) -> Form[Address]:
        return Form(
            name="helper",
            action=self.action,
            thanks="/en/night-trains/thanks/",
            button="Lend a hand",
            read=self._read,
            address_of=lambda address: address,
            take=self._take,
            page=lambda shown: orjson.dumps(shown._asdict()).decode(),
        )

    def _read(self, values: Mapping[str, str]) -> Address | Wrong:
        self.read[values.get("name", "")] += 1
        return _read(values)

    async def _take(self, address: Address, proof: Proof) -> Refusal | Wrong | None:
        return await self.engine.call(lambda: once(proof, lambda: self.taken.append(address)))

    async def post(self, values: Mapping[str, str], *, now: datetime = NOW, client: str = "192.0.2.7") -> Response:
        door = self.engine.doors.find("night-trains")
        assert door is not None
        request = Request("POST", self.action, b"", {}, client, urlencode(values).encode())
        return await guarded(self.form(), engine=self.engine, request=request, door=door, language="en", now=now)

    def proof(self) -> str:
        challenge = mint(self.engine.proof_keys, "night-trains", NOW)
        solution = altcha.solve_challenge(challenge)
        assert solution is not None
        solved = {"counter": solution.counter, "derivedKey": solution.derived_key}
        return base64.b64encode(orjson.dumps({"challenge": challenge.to_dict(), "solution": solved})).decode()


def _read(values: Mapping[str, str]) -> Address | Wrong:
    return addresses.parse(values.get("email", "")) or Wrong({"email": "Please enter your e-mail address."})


@pytest.fixture(autouse=True)
def campaign() -> None:
    open_campaign()


def tell(story: Callable[[Helpers], Coroutine[Any, Any, None]]) -> None:
    """Tell a story about one engine."""

    async def whole() -> None:
        engine = Engine()
        await engine.start()
        try:
            await story(Helpers(engine))
        finally:
            await engine.stop()

    with left_as_found():
        asyncio.run(asyncio.wait_for(whole(), timeout=60))


def shown(answer: Response) -> Shown:
    return Shown(**orjson.loads(answer.body))


def held_in(answer: Response) -> str:
    found = re.search(r'name="held" value="([^"]+)"', answer.body.decode())
    assert found, answer
    return found[1]


def test_what_is_right_is_taken_once() -> None:
    async def story(helpers: Helpers) -> None:
        proof = helpers.proof()
        first = await helpers.post(TYPED | {"altcha": proof})
        again = await helpers.post(TYPED | {"altcha": proof})
        assert (first.status, dict(first.headers)[b"location"]) == (HTTPStatus.SEE_OTHER, b"/en/night-trains/thanks/")
        assert again.status == HTTPStatus.CONFLICT
        assert shown(again).values == TYPED
        assert "sent before" in shown(again).notice
        assert [one.typed for one in helpers.taken] == ["ana@example.org"]

    tell(story)


def test_posts_with_one_proof_at_the_same_time_are_one(settings: Settings) -> None:
    settings.ADDRESS_RATE = 100

    async def story(helpers: Helpers) -> None:
        other = Helpers(helpers.engine, helpers.taken)
        form = TYPED | {"altcha": helpers.proof()}
        answers = await asyncio.gather(*(one.post(form) for one in (helpers, other) for _ in range(5)))
        assert sorted(answer.status for answer in answers) == [HTTPStatus.SEE_OTHER] + [HTTPStatus.CONFLICT] * 9
        assert len(helpers.taken) == 1

    tell(story)


def test_when_storing_fails_the_proof_is_not_spent() -> None:
    async def story(helpers: Helpers) -> None:
        def fail() -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await helpers.engine.call(lambda: once(Proof(1, b"n" * 16), fail))
        assert await helpers.engine.call(SpentProof.objects.count) == 0

    tell(story)


def test_without_javascript_it_waits_and_keeps_what_was_typed() -> None:
    async def story(helpers: Helpers) -> None:
        page = await helpers.post(TYPED)
        assert page.status == HTTPStatus.OK
        assert f'action="{ACTION}"' in page.body.decode()
        assert "Lend a hand</button>" in page.body.decode()
        early = await helpers.post({"held": held_in(page)}, now=NOW + timedelta(seconds=5))
        assert held_in(early) == held_in(page), "its waiting would begin anew"
        assert helpers.taken == []
        late = await helpers.post({"held": held_in(page)}, now=NOW + timedelta(seconds=21))
        assert late.status == HTTPStatus.SEE_OTHER
        assert [one.typed for one in helpers.taken] == ["ana@example.org"]
        assert (
            await helpers.post({"held": held_in(page)}, now=NOW + timedelta(seconds=30))
        ).status == HTTPStatus.CONFLICT
        assert len(helpers.taken) == 1, "a second step works once"

    tell(story)


def test_a_second_step_is_of_one_form_and_lasts_an_hour() -> None:
    async def story(helpers: Helpers) -> None:
        held = held_in(await helpers.post(TYPED))
        elsewhere = Helpers(helpers.engine, helpers.taken, action="/en/night-trains/host/")
        for who, wait in ((elsewhere, 30), (helpers, 3_601)):
            answer = await who.post({"held": held}, now=NOW + timedelta(seconds=wait))
            assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert helpers.taken == []

    tell(story)


def test_what_is_wrong_is_said_beside_its_field_before_anybody_waits() -> None:
    async def story(helpers: Helpers) -> None:
        answer = await helpers.post({"name": "Ana", "email": "ana at example"})
        assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert shown(answer).errors == {"email": "Please enter your e-mail address."}
        assert shown(answer).values == {"name": "Ana", "email": "ana at example"}

    tell(story)


def test_a_proof_for_another_campaign_or_of_nobody_is_none() -> None:
    async def story(helpers: Helpers) -> None:
        for payload in ("x", base64.b64encode(b"{}").decode()):
            answer = await helpers.post(TYPED | {"altcha": payload})
            assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
            assert shown(answer).values == TYPED
        assert helpers.taken == []

    tell(story)


def test_what_one_mailbox_asks_for_often_is_taken_each_time_and_nobody_learns_of_it(settings: Settings) -> None:
    settings.ADDRESS_RATE = 2

    async def story(helpers: Helpers) -> None:
        answers = [await helpers.post(TYPED | {"altcha": helpers.proof()}, client=f"192.0.{at}.7") for at in range(4)]
        assert {(answer.status, tuple(answer.headers)) for answer in answers} == {
            (answers[0].status, tuple(answers[0].headers))
        }
        assert len(helpers.taken) == 4

    tell(story)


def test_nobody_shuts_out_a_mail_domain_or_learns_that_somebody_of_it_was_here(settings: Settings) -> None:
    settings.DOMAIN_RATE, settings.WEB_PROCESSES = 2, 1

    async def story(helpers: Helpers) -> None:
        forms = [{"email": f"x{at}@union.example", "altcha": helpers.proof()} for at in range(4)]
        answers = [await helpers.post(form, client=f"192.0.{at}.7") for at, form in enumerate(forms)]
        assert {(answer.status, tuple(answer.headers)) for answer in answers} == {
            (HTTPStatus.SEE_OTHER, tuple(answers[0].headers))
        }
        assert len(helpers.taken) == 4

    tell(story)


def test_one_network_has_to_wait_and_keeps_what_it_typed(settings: Settings) -> None:
    settings.NETWORK_RATE, settings.WEB_PROCESSES = 2, 1

    async def story(helpers: Helpers) -> None:
        for at in range(2):
            form = {"email": f"p{at}@example.org", "altcha": helpers.proof()}
            assert (await helpers.post(form)).status == HTTPStatus.SEE_OTHER
        answer = await helpers.post(TYPED | {"altcha": helpers.proof()})
        assert answer.status == HTTPStatus.TOO_MANY_REQUESTS
        assert shown(answer).values == TYPED
        other = await helpers.post(TYPED | {"altcha": helpers.proof()}, client="198.51.100.7")
        assert other.status == HTTPStatus.SEE_OTHER

    tell(story)


def test_a_busy_server_keeps_what_was_typed(settings: Settings) -> None:
    settings.QUEUE_LIMIT = 1

    async def story(helpers: Helpers) -> None:
        await helpers.engine.stop()  # whoever comes now finds nobody who writes
        typed = TYPED | {"name": "@@sl@@slot:ot:count@@ @@slot:count@@"}
        answer = await helpers.post(typed | {"altcha": helpers.proof()})
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        page = answer.body.decode()
        for value in typed.values():
            assert f'value="{value}"' in html.unescape(page)
        assert f'action="{ACTION}"' in page
        assert "@@slot:" not in page

    tell(story)


def test_while_the_keys_are_sealed_it_says_so_kindly(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(helpers: Helpers) -> None:
        monkeypatch.setattr(keyfiles, "is_locked", lambda: True)
        answer = await helpers.post(TYPED)
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert "keeps its keys sealed" in answer.body.decode()
        assert f'value="{html.escape(TYPED["name"])}"' in answer.body.decode()

    tell(story)


def test_a_network_whose_forms_keep_coming_back_wrong_is_answered_before_they_are_read(settings: Settings) -> None:
    settings.WEB_PROCESSES = 1

    async def story(helpers: Helpers) -> None:
        wrong = {"name": "Ana <b>", "email": "nobody"}
        ways = [wrong, TYPED, TYPED | {"altcha": "x"}, TYPED | {"held": "x"}]
        before = [(await helpers.post(ways[place % 4])).status for place in range(60)]
        late = await helpers.post(wrong, client="192.0.2.99")
        right = await helpers.post(TYPED | {"altcha": helpers.proof()})
        elsewhere = await helpers.post(TYPED | {"altcha": helpers.proof()}, client="198.51.100.1")
        later = await helpers.post(TYPED | {"altcha": helpers.proof()}, now=NOW + timedelta(minutes=30))
        assert HTTPStatus.TOO_MANY_REQUESTS not in before
        assert helpers.read["Ana <b>"] == 15
        assert [late.status, right.status] == [HTTPStatus.TOO_MANY_REQUESTS] * 2
        assert 'value="Ana &lt;b&gt;"' in late.body.decode()
        assert f'action="{ACTION}"' in late.body.decode()
        assert "From your network" in late.body.decode()
        assert elsewhere.status == HTTPStatus.SEE_OTHER
        assert later.status != HTTPStatus.TOO_MANY_REQUESTS

    tell(story)
