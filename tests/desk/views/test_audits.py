"""A sample audit at the desk: the log is written down first, then comes the seed, then the vault is opened."""

from collections.abc import Iterator

import orjson
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.cast import MAYA, OTTO
from tests.factories import signing
from tests.factories.vault import PASSPHRASE
from tocsin.campaigns.models import Campaign
from tocsin.signing.models import Signature
from tocsin.signing.opened.models import Act, SampleAudit, VaultAct
from tocsin.tally.queries import published, published_size
from tocsin.vault.keeper import Keeper
from tocsin.website.number_pages import numbers_page


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


def audited(desk: Client, campaign: Campaign) -> SampleAudit:
    """Draw a sample of two by a public seed; return the audit, its report done."""
    signing.counted(campaign, [MAYA, OTTO])
    audit = begin(desk, campaign, kind="public", source="dice in the <b>town hall</b>")
    desk.post(at("vault", campaign), {"passphrase": PASSPHRASE})
    desk.post(at("audit", campaign, number=audit.pk), {"seed": "1 2 3"})
    audit.refresh_from_db()
    return audit


def numbers(campaign: Campaign) -> str:
    """Return the public page, as anybody reads it."""
    campaign.refresh_from_db()
    return numbers_page(campaign, "en")


def test_a_report_goes_onto_the_page_of_numbers_and_comes_back(open_one: Campaign, desk: Client) -> None:
    audit = audited(desk, open_one)
    publish = at("audit-publish", open_one, number=audit.pk)
    assert "They drew one sample, and do not publish how it fared" in numbers(open_one)
    before = open_one.revision
    page = desk.post(publish, follow=True).content.decode()
    assert ("Everybody can read the audit" in page, "Take it back" in page) == (True, True)
    public = numbers(open_one)
    assert open_one.revision > before, "pages that are kept are made anew"
    for words in (
        "Samples that were opened",
        "They drew one sample in all",
        "dice in the &lt;b&gt;town hall&lt;/b&gt;",
        f"root     {bytes(audit.root).hex()}",
        "seed     1 2 3",
        f"indexes  {' '.join(map(str, audit.report['indexes']))}",
        settings.LOG_ORIGIN,
    ):
        assert words in public, words
    for person in (MAYA, OTTO):
        assert person.name not in public
        assert person.address not in public
    assert "no longer on the page" in desk.post(publish, {"back": ""}, follow=True).content.decode()
    # Who takes back a bad one does not take back that there was one.
    assert ("They drew one sample, and do not" in numbers(open_one), "seed     1 2 3" in numbers(open_one)) == (
        True,
        False,
    )
    desk.post(publish, {"back": ""})
    desk.post(publish)
    assert "They drew one sample in all" in numbers(open_one)


def test_of_a_log_that_is_not_followed_nobody_is_named(open_one: Campaign, desk: Client) -> None:
    audit = audited(desk, open_one)
    SampleAudit.objects.update(log="elsewhere.example/tally")
    answer = desk.post(at("audit-report", open_one, number=audit.pk), follow=True)
    assert (MAYA.address in answer.content.decode(), "it is of another log" in answer.content.decode()) == (False, True)
    assert not VaultAct.objects.filter(act=Act.EXPORTED).exists()


def test_what_failed_is_told_with_its_reason(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA, OTTO])
    audit = begin(desk, open_one, kind="public", source="dice")
    gone = Signature.objects.order_by("index").first()
    assert gone is not None
    Signature.objects.filter(index=gone.index).delete()
    desk.post(at("vault", open_one), {"passphrase": PASSPHRASE})
    desk.post(at("audit", open_one, number=audit.pk), {"seed": "1"})
    desk.post(at("audit-publish", open_one, number=audit.pk))
    assert f"Entry {gone.index}: there is no signature behind the entry" in numbers(open_one)


def test_a_sample_is_never_said_to_be_sure_but_the_whole_is(open_one: Campaign, desk: Client) -> None:
    audit = audited(desk, open_one)
    one = at("audit", open_one, number=audit.pk)
    assert "likelihood of 100 %" in desk.get(one).content.decode(), "both of two were opened"
    for samples, likelihood in ((149, 95), (300, 99), (2_000, 99)):
        report = audit.report | {"samples": samples, "would_show_2_percent_forged": round(1 - 0.98**samples, 4)}
        SampleAudit.objects.update(population=9_000, report=report)
        assert f"likelihood of {likelihood} %" in desk.get(one).content.decode()


def test_what_is_not_done_or_not_ours_is_not_published(open_one: Campaign, campaign: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    audit = begin(desk, open_one, kind="checkpoint")
    desk.post(at("audit-publish", open_one, number=audit.pk))
    assert desk.post(at("audit-publish", campaign, number=audit.pk)).status_code == 404
    audit.refresh_from_db()
    assert audit.published_at is None
    assert "Samples that were opened" not in numbers(open_one)
