"""A sample audit at the desk: the log is written down first, then comes the seed, then the vault is opened."""

from collections.abc import Iterator

import orjson
import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import MAYA, OTTO
from tests.factories import signing
from tests.factories.vault import PASSPHRASE
from tocsin.campaigns.models import Campaign
from tocsin.signing.opened.models import SampleAudit
from tocsin.tally.queries import published, published_size
from tocsin.vault.keeper import Keeper


@pytest.fixture(autouse=True)
def keeper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    own = Keeper()
    for name, value in own.environment().items():
        monkeypatch.setenv(name, value)
    yield own
    own.close()


def at(name: str, campaign: Campaign, **more: int) -> str:
    return reverse(f"desk:{name}", kwargs={"slug": campaign.slug, **more})


def begin(desk: Client, campaign: Campaign, **given: object) -> SampleAudit:
    answer = desk.post(at("audits", campaign), {"samples": 149, **given})
    assert answer.status_code == 303
    return SampleAudit.objects.latest("pk")


def test_the_whole_way_with_a_public_draw(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA, OTTO])
    size = published_size()
    audit = begin(desk, open_one, kind="public", source="dice in the town hall")
    one = at("audit", open_one, number=audit.pk)
    assert (audit.size, "dice in the town hall" in desk.get(one).content.decode()) == (size, True)
    assert "Unlock the vault first" in desk.post(one, {"seed": "1 2 3"}, follow=True).content.decode()
    desk.post(at("vault", open_one), {"passphrase": PASSPHRASE})
    assert desk.post(one, {"seed": ""}).status_code == 422
    page = desk.post(one, {"seed": "1 2 3"}, follow=True).content.decode()
    assert "All opened" in page
    report = desk.get(at("audit-report", open_one, number=audit.pk))
    assert orjson.loads(report.content)["opened"] == 2
    assert MAYA.address not in report.content.decode()
    people = desk.post(at("audit-report", open_one, number=audit.pk))
    assert MAYA.address in people.content.decode()
    desk.post(at("lock", open_one))
    assert desk.post(at("audit-report", open_one, number=audit.pk)).status_code == 303


def test_the_next_checkpoint_is_waited_for(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    audit = begin(desk, open_one, kind="checkpoint", source="typed all the same")
    desk.post(at("vault", open_one), {"passphrase": PASSPHRASE})
    one = at("audit", open_one, number=audit.pk)
    assert "no later checkpoint yet" in desk.post(one, {}, follow=True).content.decode()
    signing.counted(open_one, [OTTO])
    desk.post(one, {})
    audit.refresh_from_db()
    newest = published()
    assert newest is not None
    assert (audit.seed, audit.report["opened"]) == (newest.root.hex(), 1)


def test_a_public_draw_has_to_be_named_before(open_one: Campaign, desk: Client) -> None:
    for given in ({"kind": "public"}, {"kind": "public", "source": "x", "samples": 0}, {}):
        assert desk.post(at("audits", open_one), {"samples": 149, **given}).status_code == 422


def test_without_a_published_log_there_is_nothing_to_sample(open_one: Campaign, desk: Client) -> None:
    page = desk.post(at("audits", open_one), {"samples": 149, "kind": "checkpoint"}, follow=True).content.decode()
    assert "Nothing is published in the log yet" in page


def test_another_campaigns_audit_is_not_found(open_one: Campaign, campaign: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    audit = begin(desk, open_one, kind="checkpoint")
    for name in ("audit", "audit-report"):
        assert desk.get(at(name, campaign, number=audit.pk)).status_code == 404
        assert desk.post(at(name, campaign, number=audit.pk)).status_code == 404
