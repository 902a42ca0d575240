"""tocsin check: what is wrong, and the mend for each."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.factories.outbox import post
from tests.factories.signing import open_campaign
from tests.outbox.sink import ScriptedSink
from tests.running.ports import free_port
from tocsin.cli.check import findings
from tocsin.cli.commands import main
from tocsin.vault import queries as vault

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink() -> Iterator[ScriptedSink]:
    """Return a mail server that is there."""
    made = ScriptedSink().start()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def good_settings(settings: Settings, sink: ScriptedSink, tmp_path: Path) -> None:
    """Set what a real server would have set."""
    settings.LAST_CHECKPOINT = tmp_path / "another disk" / "last-checkpoint"
    settings.BASE_URL, settings.IS_TLS = "https://petition.example", True
    settings.TRUSTED_PROXIES = ("127.0.0.1/32",)
    settings.MAIL_FROM = "appeal@petition.example"
    settings.MAIL_URL = f"smtp://127.0.0.1:{sink.port}"


def said(mark: str) -> list[str]:
    return [str(finding)[7:] for finding in findings() if str(finding).startswith(mark)]


def test_nothing_is_wrong_with_a_good_server(sink: ScriptedSink, capsys: pytest.CaptureFixture[str]) -> None:
    open_campaign()
    assert (said("wrong"), said("note")) == ([], [])
    assert main(["check", "--quiet"]) == 0
    assert capsys.readouterr().out == "Nothing is wrong.\n"
    assert "the mail server answers" in said("ok")
    assert "night-trains is open" in said("ok")
    assert not sink.asked, "no mail is sent to find out"


def _no_proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ()


def _no_tls(settings: Settings) -> None:
    settings.BASE_URL, settings.IS_TLS = "http://petition.example", False


def _no_mail_server(settings: Settings) -> None:
    settings.MAIL_URL = f"smtp://127.0.0.1:{free_port()}"


def _password_in_the_open(settings: Settings) -> None:
    settings.MAIL_URL = "smtp://noor:secret@mail.example"


def _no_sender(settings: Settings) -> None:
    settings.MAIL_FROM = "appeal"


@pytest.mark.parametrize(
    "spoil, words, mend",
    [
        (_no_proxy, "no proxy is trusted", "TOCSIN_TRUSTED_PROXIES"),
        (_no_tls, "has no TLS", "write https:// in TOCSIN_BASE_URL"),
        (_no_mail_server, "does not answer (Connection refused)", "TOCSIN_MAIL_URL"),
        (_password_in_the_open, "the mail password would go over the net readable", "smtps://"),
        (_no_sender, "mails come from 'appeal', which is no address", "TOCSIN_MAIL_FROM"),
    ],
)
def test_what_is_wrong_is_said_with_its_mend(
    settings: Settings, spoil: Callable[[Settings], None], words: str, mend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(settings)
    (wrong,) = said("wrong")
    assert words in wrong
    assert mend in wrong
    assert "secret" not in wrong
    assert main(["check"]) == 1
    assert "Something is wrong." in capsys.readouterr().out


def test_a_last_checkpoint_beside_the_log_is_a_note(settings: Settings) -> None:
    settings.LAST_CHECKPOINT = Path(settings.DATA_DIR) / "last-checkpoint"
    (note,) = said("note")
    assert "the last checkpoint is remembered beside what it guards" in note
    assert "TOCSIN_LAST_CHECKPOINT" in note


def test_keys_that_others_may_read_are_said(settings: Settings) -> None:
    open_campaign()
    next(Path(settings.KEYS_DIR).rglob("*.key")).chmod(0o644)
    (wrong,) = said("wrong")
    assert "others may read" in wrong
    assert "chmod -R go=" in wrong


def test_a_campaign_whose_pepper_is_elsewhere_is_said(settings: Settings) -> None:
    campaign = open_campaign()
    vault.pepper(campaign.pk)
    for path in (Path(settings.KEYS_DIR) / "pepper").iterdir():
        path.unlink()
    assert [words.splitlines()[0] for words in said("wrong")] == [
        "night-trains is open, but its pepper is not here: its form is closed"
    ]


def test_mail_that_does_not_go_is_said() -> None:
    post("maya@example.org", now=datetime.now(UTC) - timedelta(hours=1))
    assert said("note") == ["1 mails wait, one for 60 minutes\n       is a worker running?"]


def test_what_may_be_meant_so_is_a_note(settings: Settings) -> None:
    settings.DEMO = True
    settings.MAIL_URL = "null:"
    assert [words.splitlines()[0] for words in said("note")] == [
        "this is a demo: everybody can read its mails",
        "mails are thrown away",
    ]
    assert said("wrong") == []
