"""Two people press the same button: one of them wins, and nothing happens twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection

from tests import factories
from tests.factories.vault import campaign_key
from tocsin.campaigns import domain, queries
from tocsin.campaigns.details import Details
from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.states import Role
from tocsin.tally.models import QueuedEntry

NOW = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs: Callable[[], object]) -> list[Refusal | None]:
    """Run the verbs at the same time; return what each was refused for, or None."""
    refused: list[Refusal | None] = []
    ready = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> None:
        ready.wait()
        try:
            verb()
        except RefusedError as error:
            refused.append(error.refused[0].refusal)
        else:
            refused.append(None)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(refused, key=str)


@pytest.fixture
def campaign() -> Campaign:
    campaign: Campaign = factories.CampaignFactory.create(slug="night-trains")
    domain.draft_appeal(campaign=campaign, texts={"en": ("Night trains", "We ask for sleepers.")})
    return campaign


def test_a_draft_is_published_once(campaign: Campaign) -> None:
    publish = partial(domain.publish_appeal, campaign=campaign, now=NOW)
    assert at_once(publish, publish, publish) == [None, Refusal.NO_DRAFT, Refusal.NO_DRAFT]
    assert len(queries.versions(campaign)) == 1
    assert QueuedEntry.objects.count() == 1


def test_words_written_while_publishing_are_in_one_version_whole(campaign: Campaign) -> None:
    texts = {"en": ("Night trains now", "We ask."), "es": ("Trenes", "Pedimos.")}
    at_once(
        lambda: domain.publish_appeal(campaign=campaign, now=NOW),
        lambda: domain.draft_appeal(campaign=campaign, texts=texts),
    )
    written = [version for version in (queries.current_version(campaign), queries.draft_version(campaign)) if version]
    assert {len(version.texts.all()) for version in written} <= {1, 2}
    assert any({text.title for text in version.texts.all()} == {"Night trains now", "Trenes"} for version in written)


def test_a_campaign_is_opened_once(campaign: Campaign) -> None:
    domain.publish_appeal(campaign=campaign, now=NOW)
    factories.PrivacyVersionFactory.create(campaign=campaign)
    campaign_key(campaign.pk)
    QueuedEntry.objects.all().delete()
    rows = [Campaign.objects.get(pk=campaign.pk) for _ in range(2)]
    assert at_once(*(partial(domain.open_campaign, campaign=row, now=NOW) for row in rows)) == [
        None,
        Refusal.NOT_A_DRAFT,
    ]
    assert QueuedEntry.objects.count() == 1


def test_an_address_is_taken_once() -> None:
    details = Details(slug="clean-rivers", languages=("en",), title={"en": "Clean rivers"})
    begin = partial(domain.create, details=details, owner=None)
    assert at_once(begin, begin, begin) == [None, Refusal.SLUG_TAKEN, Refusal.SLUG_TAKEN]


def test_two_owners_who_take_each_other_off_leave_one(campaign: Campaign) -> None:
    users: list[User] = factories.UserFactory.create_batch(2)
    for user in users:
        domain.add_member(campaign=campaign, user=user, role=Role.OWNER)
    left = at_once(*(partial(domain.remove_member, campaign=campaign, user=user) for user in users))
    assert left == [None, Refusal.LAST_OWNER]
    assert Member.objects.filter(campaign=campaign).count() == 1
