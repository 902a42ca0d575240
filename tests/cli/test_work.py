"""tocsin work: the small verbs it calls, and how often."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.cast import MAYA, OTTO
from tests.factories.outbox import NOW, post
from tests.factories.signing import confirm, counted, open_campaign, sign
from tests.outbox.sink import rude_server
from tests.running.fixtures import new_database
from tests.running.server import TOCSIN
from tests.tally.sequencer import flip_on_disk
from tocsin.cli import work
from tocsin.outbox.keys import days_kept
from tocsin.outbox.models import Letter
from tocsin.rallies import photo_files
from tocsin.signing.models import CountryCount, PendingSignature
from tocsin.tally.log import own_shelf
from tocsin.tally.queries import count_of, log_refusal, waiting_entries

pytestmark = pytest.mark.django_db(transaction=True)


def test_count_counts_all_that_waits() -> None:
    campaign = open_campaign()
    confirm(sign(campaign).token)
    work.count(threading.Event())
    assert count_of(campaign.pk).number == 1


def test_a_log_that_must_not_be_signed_stops_the_count_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA])
    flip_on_disk(own_shelf().folder / "tile/0/000.p/1", 5)
    confirm(sign(campaign, OTTO).token)
    for _ in range(2):
        work.count(threading.Event(), thoroughly=True)
    assert (count_of(campaign.pk).number, log_refusal(), waiting_entries()) == (1, "tile-differs", 1)
    assert [line.levelname for line in caplog.records] == ["ERROR"]
    assert "type 'tocsin tally recover'" in caplog.text
    flip_on_disk(own_shelf().folder / "tile/0/000.p/1", 5)
    work.count(threading.Event(), thoroughly=True)
    assert (count_of(campaign.pk).number, log_refusal(), waiting_entries()) == (2, "", 0)
    assert caplog.records[-1].getMessage() == "the log is signed again"


def test_tidying_lets_go_of_what_is_too_old() -> None:
    campaign = open_campaign()
    sign(campaign, now=datetime.now(UTC) - timedelta(days=9))
    post("maya@example.org", now=datetime.now(UTC) - timedelta(days=5))
    work.tidy()
    assert (PendingSignature.objects.count(), Letter.objects.count(), days_kept()) == (0, 0, [])


def test_photos_that_no_row_names_are_looked_for_once_a_day(settings: Settings) -> None:
    stray = Path(settings.MEDIA_ROOT) / photo_files.store(1, b"a photo")
    for is_there in (False, True):
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.touch()
        os.utime(stray, (0, 0))
        work.tidy()
        assert stray.exists() is is_there


def test_figures_by_country_are_refreshed_once_a_day_however_often_a_worker_starts(settings: Settings) -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA])
    work.tidy()
    assert list(CountryCount.objects.values_list("country", "signatures")) == [("SE", 1)]
    CountryCount.objects.all().delete()
    work.tidy()
    assert not CountryCount.objects.exists()
    (Path(settings.DATA_DIR) / "daily").write_text((NOW - timedelta(days=1)).date().isoformat())
    work.tidy()
    assert CountryCount.objects.exists()


def test_what_a_loop_fails_of_does_not_end_it_and_is_logged_without_its_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(work, "_FAILED_SECONDS", 0)
    stop, rounds = threading.Event(), list[int]()

    def verb() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 2:
            stop.set()
        raise ValueError(MAYA.address)

    work.again_and_again(stop, 0, verb)
    assert rounds == [0, 1]
    assert "failed, and will be tried again: ValueError at verb" in caplog.text
    assert MAYA.address not in caplog.text


_POST = """
from datetime import UTC, datetime
import django; django.setup()
from django.core.management import call_command; call_command("migrate", verbosity=0)
from tocsin import db
from tocsin.desk.emails import account_letter
from tocsin.outbox.domain import post
with db.transaction():
    post([account_letter(to="noor@example.org", subject="Words", text="words", now=datetime.now(UTC))])
"""


def test_it_stops_in_time_though_the_mail_server_says_nothing(tmp_path: Path) -> None:
    said = (b"220 slow.example\r\n", b"250-slow.example\r\n250 PIPELINING\r\n", b"250 ok\r\n250 ok\r\n354 go\r\n")
    has_the_mail = threading.Event()
    with rude_server(*said, has_the_mail, 40.0) as port:
        environ = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tocsin.config.settings",
            "DATABASE_URL": new_database(),
            "TOCSIN_DATA": str(tmp_path / "server"),
            "TOCSIN_MAIL_URL": f"smtp://127.0.0.1:{port}",
            "TOCSIN_BASE_URL": "http://petition.example",
        }
        (tmp_path / "server").mkdir()
        subprocess.run([sys.executable, "-c", _POST], env=environ, check=True)
        with subprocess.Popen([TOCSIN, "work"], env=environ, stderr=subprocess.PIPE, text=True) as worker:
            assert has_the_mail.wait(60)
            begun = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
            assert time.monotonic() - begun > 5, "it gives the mail under way its time"
