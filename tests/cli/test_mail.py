"""`tocsin mail`: writing to signatories without a desk; a test first, each address once, however often it runs."""

import sys
from pathlib import Path

import pytest

from tests.cast import MAYA, OTTO, PILAR
from tests.factories import signing
from tests.factories.age import quick_age_file
from tests.factories.vault import PASSPHRASE, key_pair
from tocsin.campaigns.models import Campaign
from tocsin.cli.commands import main
from tocsin.outbox.models import Letter
from tocsin.seal.epoch import new_key_pair
from tocsin.signing.opened import circulars
from tocsin.signing.opened.models import Circular, CircularState
from tocsin.vault.models import CampaignKey, Keyholder

pytestmark = pytest.mark.django_db(transaction=True)
SLUG = "night-trains"


@pytest.fixture
def campaign() -> Campaign:
    """Maya and Otto want to be kept informed, Pilar does not."""
    campaign = signing.open_campaign(SLUG)
    signing.counted(campaign, [MAYA, OTTO], keep_informed=True)
    signing.counted(campaign, [PILAR])
    Letter.objects.all().delete()
    return campaign


@pytest.fixture
def body(tmp_path: Path) -> Path:
    path = tmp_path / "letter.md"
    path.write_text("**We** meet.\n", encoding="utf-8")
    return path


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return path


def mail(body: Path, *more: str) -> int:
    return main(["mail", SLUG, "--subject", "News", "--body", str(body), *more])


def letters() -> int:
    return Letter.objects.filter(kind__startswith="circular.").count()


def test_a_test_comes_first_and_everybody_gets_it_once(
    campaign: Campaign, body: Path, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everybody = ("--passphrase-file", str(passphrase_file))
    assert mail(body, *everybody) == 1
    assert "--test" in capsys.readouterr().err
    assert mail(body, "--test", "noor@example.org") == 0
    assert (letters(), Letter.objects.filter(kind__startswith="test.").count()) == (0, 1)
    assert mail(body, *everybody) == 0
    assert letters() == 2
    assert mail(body, *everybody) == 1
    assert (letters(), "already" in capsys.readouterr().err) == (2, True)


def test_the_same_command_goes_on_after_a_kill(
    campaign: Campaign, body: Path, passphrase_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail(body, "--test", "noor@example.org")
    once = circulars.post_batch
    with monkeypatch.context() as dying:
        dying.setattr(circulars, "post_batch", lambda **given: once(**given, limit=1) and sys.exit(9))
        with pytest.raises(SystemExit):
            mail(body, "--passphrase-file", str(passphrase_file))
    assert (letters(), Circular.objects.get().state) == (1, CircularState.SENDING)
    assert mail(body, "--passphrase-file", str(passphrase_file)) == 0
    assert letters() == 2


def test_it_goes_on_with_what_was_paused_at_the_desk(campaign: Campaign, body: Path, passphrase_file: Path) -> None:
    mail(body, "--test", "noor@example.org")
    mail(body, "--passphrase-file", str(passphrase_file))
    circulars.pause(circular=Circular.objects.get(), now=signing.NOW)
    assert mail(body, "--passphrase-file", str(passphrase_file)) == 0
    assert Circular.objects.get().state == CircularState.SENDING


def test_an_older_keys_passphrase_does_not_pause_what_is_being_sent(
    campaign: Campaign, body: Path, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mail(body, "--test", "noor@example.org")
    circular, keys = Circular.objects.get(), [key_pair().private]
    circulars.start(circular=circular, user=None, door="noor", keys=keys, ends_at=None, now=signing.NOW)
    circulars.post_batch(circular=circular, keys=keys, now=signing.NOW, limit=1)
    private, public = new_key_pair()
    older = CampaignKey.objects.create(
        campaign=campaign.pk, public=public, fingerprint=bytes(32), made_on=signing.NOW, retired_on=signing.NOW
    )
    old = "orchid ladder prism cobalt wander fig"
    Keyholder.objects.create(
        key=older, label="Rui", age_file=quick_age_file(private, old), drill_row=b"", drill_epoch=b""
    )
    passphrase_file.write_text(old, encoding="utf-8")

    assert mail(body, "--passphrase-file", str(passphrase_file)) == 1
    assert "it was begun with another key" in capsys.readouterr().err
    assert (letters(), Circular.objects.get().state) == (1, CircularState.SENDING)
    passphrase_file.write_text(PASSPHRASE, encoding="utf-8")
    assert mail(body, "--passphrase-file", str(passphrase_file)) == 0
    assert letters() == 2


def test_segments_hold_here_too(campaign: Campaign, body: Path, passphrase_file: Path) -> None:
    only = ("--country", "DE")
    mail(body, "--test", "noor@example.org", *only)
    assert mail(body, "--passphrase-file", str(passphrase_file)) == 1
    assert mail(body, "--passphrase-file", str(passphrase_file), *only) == 0
    assert letters() == 1


def test_a_wrong_passphrase_sends_nothing(campaign: Campaign, body: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not these words", encoding="utf-8")
    mail(body, "--test", "noor@example.org")
    assert mail(body, "--passphrase-file", str(wrong)) == 1
    assert (letters(), Circular.objects.get().state) == (0, CircularState.DRAFT)


@pytest.mark.parametrize(
    "more, said",
    [
        (["--test", "nobody"], "no e-mail address"),
        (["--body", "/nowhere/at/all"], "cannot use"),
        (["--subject", " "], "must not be empty"),
    ],
)
def test_what_cannot_be_used_is_said(
    campaign: Campaign, body: Path, capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    assert mail(body, *more) == 1
    assert said in capsys.readouterr().err


def test_an_unknown_campaign_is_said(db: None, body: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mail(body) == 1
    assert "no campaign" in capsys.readouterr().err
