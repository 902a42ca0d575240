"""What the link of a signature says that is gone: withdrawn by its owner, or struck by organisers and why."""

import pytest

from tests import factories
from tests.cast import MAYA, OTTO
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tests.lane.visits import Visits, tell
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import Role
from tocsin.seal.tokens import manage_token, to_text
from tocsin.signing import domain as signing
from tocsin.signing.models import Signature

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]

WHY = 'Sent by "one robot" <from> one network.'


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign(languages=["es", "en"], title={"es": "Trenes", "en": "Trains"})


def strike(campaign: Campaign) -> None:
    noor: User = factories.UserFactory.create()
    factories.MemberFactory.create(campaign=campaign, user=noor, role=Role.OWNER)
    keys = [(bytes(tag), seat) for tag, seat in Signature.objects.values_list("tag", "seat")]
    signing.strike(campaign=campaign, keys=keys, reason=WHY, asked_by=noor, now=NOW)


def pages(token: bytes, form: dict[str, str] | None = None) -> list[str]:
    """Return what all doors say: opened and pressed, with T and with m."""
    found: list[str] = []
    m = f"/m/{to_text(manage_token(token))}"

    async def story(visits: Visits) -> None:
        found.append((await visits.get(f"/c/{to_text(token)}")).text)
        found.append((await visits.get(m)).text)
        found.append((await visits.post(f"/c/{to_text(token)}", {"consent": "yes"})).text)
        found.append((await visits.post(f"{m}/withdraw", {"sure": "yes"})).text)

    tell(story)
    return found


def test_whoever_was_struck_reads_the_public_reason_at_every_door(campaign: Campaign) -> None:
    (token,) = counted(campaign, [MAYA])
    strike(campaign)
    for page in pages(token):
        assert "Sent by &quot;one robot&quot; &lt;from&gt; one network." in page
        assert 'lang="es" dir="auto">Sent' in page
        assert campaign.contact in page


def test_whoever_withdrew_reads_which_entry_it_was(campaign: Campaign) -> None:
    counted(campaign, [OTTO])
    (token,) = counted(campaign, [MAYA])
    index = Signature.objects.order_by("index").last()
    assert index is not None
    signing.withdraw(token=token, now=NOW)
    count()
    for page in pages(token):
        assert WHY not in page
        assert f" {index.index} " in page.partition("<h1>")[2]


def test_whoever_withdraws_before_the_counting_is_told_that_nothing_was_counted(campaign: Campaign) -> None:
    token = sign(campaign, language="en").token
    confirm(token)
    said: list[str] = []

    async def story(visits: Visits) -> None:
        path = f"/m/{to_text(manage_token(token))}/withdraw"
        said.append((await visits.post(path, {"sure": "yes"})).text)

    tell(story)
    assert "It had not been counted yet" in said[0]
    assert "tombstone" in said[0]
