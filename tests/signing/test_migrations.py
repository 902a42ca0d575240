"""Migrations that fill what they add: a server's rows mean the same before and after."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.factories.signing import open_campaign
from tocsin.signing.opened.models import SampleAudit
from tocsin.tally.models import Entry
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 4, 3, tzinfo=UTC)


def migrate(to: str) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("signing", to)])


@pytest.fixture
def back() -> Iterator[None]:
    """Go back to before audits had a log, once the rows are written; the fixture's end brings the newest tables."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.usefixtures("back")
@pytest.mark.parametrize("has_followed, unnamed", [(False, "testserver/tally"), (True, "")])
def test_each_audit_learns_its_log_where_that_can_be_told(*, has_followed: bool, unnamed: str) -> None:
    if has_followed:
        first = entry.successor("old.example", 1, bytes(32))
        Entry.objects.create(index=0, campaign=0, kind=int(Kind.SUCCESSOR), entry=first)
    campaign = open_campaign()
    for report, done_at in (({"log": "named.example", "samples": 1}, NOW), ({"samples": 2}, NOW), ({}, None)):
        given = {"size": 1, "root": bytes(32), "samples": 1, "source": "dice", "began_at": NOW}
        SampleAudit.objects.create(campaign=campaign, log="", report=report, done_at=done_at, **given)
    migrate("0007_published_audits")
    migrate("0008_audited_log")
    assert list(SampleAudit.objects.order_by("pk").values_list("log", "report")) == [
        ("named.example", {"samples": 1}),
        (unnamed, {"samples": 2}),
        ("testserver/tally", {}),
    ]
