"""`tocsin campaign`: a campaign goes up from its file, whole or not at all."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from PIL import Image

from tests import factories
from tests.factories.campaigns import PUBLISHED_AT
from tests.factories.vault import PASSPHRASE, campaign_key
from tocsin.campaigns import domain, queries
from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.states import Role, State
from tocsin.cli.commands import main
from tocsin.tally.models import QueuedEntry
from tocsin.tlog.entry import Kind
from tocsin.vault import domain as vault_verbs
from tocsin.vault import queries as vault
from tocsin.vault.models import CampaignKey, Keyholder

FILES = Path(__file__).parent.parent / "campaigns" / "files"
pytestmark = pytest.mark.django_db(transaction=True)
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase.txt"
    path.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return path


def bring_in(file: Path, *more: str | Path) -> int:
    return main(["campaign", "import", str(file), *map(str, more)])


def file_with(tmp_path: Path, shape: str, old: str, new: str) -> Path:
    text = (FILES / f"{shape}.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / f"{shape}.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "shape,slug", [("rally", "mend-the-clock"), ("worldwide", "night-trains"), ("open-letter", "clean-rivers")]
)
def test_each_shape_comes_in_as_a_draft_and_says_what_it_carries(shape: str, slug: str, capsys: Printed) -> None:
    assert bring_in(FILES / f"{shape}.toml") == 0
    campaign = queries.by_slug(slug)
    assert campaign is not None
    assert campaign.state == State.DRAFT
    assert queries.draft_version(campaign) is not None
    assert queries.draft_privacy_version(campaign) is not None
    said = capsys.readouterr().out
    assert f"{slug}: imported as a draft" in said
    carried = {
        "rally": "clippings (1), organisations.Bakers of the Old Market, rallies",
        "worldwide": "marathons (1)",
        "open-letter": "endorsements",
    }[shape]
    assert carried in next(line for line in said.splitlines() if line.startswith("kept for later features"))
    assert not QueuedEntry.objects.exists()


def test_open_makes_the_key_proves_it_publishes_and_opens(passphrase: Path, noor: User, capsys: Printed) -> None:
    assert (
        bring_in(FILES / "open-letter.toml", "--open", "--passphrase-file", passphrase, "--owner", "Noor@example.org")
        == 0
    )
    campaign = queries.public_campaign("clean-rivers")
    assert campaign is not None
    assert campaign.state == State.OPEN
    assert campaign.contact == "noor@example.org"
    assert Member.objects.get(campaign=campaign).role == Role.OWNER
    assert [holder.label for holder in vault.keyholders(campaign.pk)] == ["noor@example.org"]
    assert vault.is_ready(campaign.pk)
    assert len(vault_verbs.unlock(campaign=campaign.pk, slug=campaign.slug, passphrase=PASSPHRASE)) == 96
    kinds = sorted(QueuedEntry.objects.filter(campaign=campaign.pk).values_list("kind", flat=True))
    assert kinds == [Kind.TEXT_VERSION, Kind.SEALING_KEY]
    said = capsys.readouterr().out
    assert "campaign.contact is not given: noor@example.org will be shown" in said
    assert "open: http://testserver/en/clean-rivers/" in said
    assert_nowhere(PASSPHRASE, said)


def assert_nowhere(secret: str, said: str) -> None:
    """Search what was printed, every file of the server and every column of the key's rows."""
    assert secret not in said
    stored = [path.read_bytes() for path in Path(django_settings.DATA_DIR).rglob("*") if path.is_file()]
    stored += [bytes(holder.age_file) for holder in Keyholder.objects.all()]
    assert not any(secret.encode() in content for content in stored)


def test_open_without_an_owner_shows_the_servers_own_address(tmp_path: Path, passphrase: Path) -> None:
    path = file_with(tmp_path, "open-letter", "[appeal.en]", 'keyholders = ["Noor"]\n[appeal.en]')
    assert bring_in(path, "--open", "--passphrase-file", passphrase) == 0
    campaign = queries.public_campaign("clean-rivers")
    assert campaign is not None
    assert campaign.contact == "noreply@localhost"
    assert [holder.label for holder in vault.keyholders(campaign.pk)] == ["Noor"]
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    "old,new,line",
    [
        ('slug = "clean-rivers"', 'slug = "desk"', "campaign.slug: The server needs this address itself"),
        ("[appeal.en]", "[appeal.fr]", "appeal.fr: Add this language"),
        ('role = "endorses"', 'role = "boss"', "organisations[1].role: Say organiser or endorses."),
    ],
)
def test_a_bad_file_names_the_key_and_the_mend_and_leaves_nothing(
    tmp_path: Path, capsys: Printed, old: str, new: str, line: str
) -> None:
    path = file_with(tmp_path, "open-letter", old, new)
    assert bring_in(path) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert f"tocsin: {path}: {line}" in said.err
    assert said.err.endswith("tocsin: nothing was imported\n")
    assert not Campaign.objects.exists()


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, capsys: Printed) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "banner.png")
    path = file_with(tmp_path, "open-letter", "[appeal.en]", 'picture = "banner.png"\n[appeal.en]')
    # A file where the folder should be: the picture is what is stored last.
    Path(django_settings.MEDIA_ROOT).mkdir(parents=True)
    (Path(django_settings.MEDIA_ROOT) / "campaigns").touch()
    assert bring_in(path) == 1
    assert "nothing was imported" in capsys.readouterr().err
    assert not Campaign.objects.exists()


def test_an_address_that_is_taken(capsys: Printed) -> None:
    assert bring_in(FILES / "rally.toml") == 0
    assert bring_in(FILES / "rally.toml") == 1
    assert "campaign.slug: Another campaign has this address: choose another." in capsys.readouterr().err
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("more", [["--open"], ["--passphrase-file", "x"]])
def test_open_and_its_passphrase_go_together(more: list[str], capsys: Printed) -> None:
    assert bring_in(FILES / "rally.toml", *more) == 1
    assert "--open and --passphrase-file FILE go together" in capsys.readouterr().err
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "content,line", [(b"short\n", "at least 8 characters"), (b"\xff\xfe\x00", "(it is not text in UTF-8)")]
)
def test_a_passphrase_that_cannot_be(tmp_path: Path, capsys: Printed, content: bytes, line: str) -> None:
    bad = tmp_path / "passphrase"
    bad.write_bytes(content)
    assert bring_in(FILES / "rally.toml", "--open", "--passphrase-file", bad) == 1
    assert line in capsys.readouterr().err
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "new,line",
    [
        ("[other.en]", "appeal: Fill this in."),
        ('keyholders = ["A", "B"]\n[appeal.en]', "campaign.keyholders: This campaign has several keyholders"),
    ],
)
def test_open_refuses_before_anything_is_stored(
    tmp_path: Path, passphrase: Path, capsys: Printed, new: str, line: str
) -> None:
    path = file_with(tmp_path, "open-letter", "[appeal.en]", new)
    assert bring_in(path, "--open", "--passphrase-file", passphrase) == 1
    assert line in capsys.readouterr().err
    assert not Campaign.objects.exists()
    assert not CampaignKey.objects.exists()


def test_nobody_proves_another_keyholders_passphrase(campaign: Campaign) -> None:
    key = campaign_key(campaign.pk, drilled=False)
    holder = key.keyholders.get()
    Keyholder.objects.create(
        key=key, label="Sam", age_file=holder.age_file, drill_row=holder.drill_row, drill_epoch=holder.drill_epoch
    )
    with pytest.raises(RefusedError) as caught:
        domain.open_alone(campaign=campaign, label="Noor", passphrase=PASSPHRASE, now=PUBLISHED_AT)
    assert [one.refusal for one in caught.value.refused] == [Refusal.MORE_KEYHOLDERS]
    assert not vault.is_ready(campaign.pk)


def test_a_key_that_is_there_is_proved_or_the_draft_stays_one(campaign: Campaign) -> None:
    campaign_key(campaign.pk, drilled=False)
    domain.draft_appeal(campaign=campaign, texts={"en": ("a", "b")})
    domain.draft_privacy(campaign=campaign, source={"en": "c"})
    now = PUBLISHED_AT
    with pytest.raises(RefusedError) as caught:
        domain.open_alone(campaign=campaign, label="Noor", passphrase="something else", now=now)
    assert [one.refusal for one in caught.value.refused] == [Refusal.WRONG_PASSPHRASE]
    assert queries.current_version(campaign) is None
    domain.open_alone(campaign=campaign, label="Noor", passphrase=PASSPHRASE, now=now)
    assert campaign.state == State.OPEN


def test_an_unknown_owner(capsys: Printed) -> None:
    assert bring_in(FILES / "rally.toml", "--owner", "nobody@example.org") == 1
    assert "make one with 'tocsin admin create nobody@example.org'" in capsys.readouterr().err
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("name", ["missing.png", "../outside.png", "/etc/hostname", "clean-rivers.txt"])
def test_a_picture_that_is_not_there_or_not_one(tmp_path: Path, capsys: Printed, name: str) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "outside.png")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "clean-rivers.txt").write_text("no picture")
    path = file_with(folder, "open-letter", "[appeal.en]", f'picture = "{name}"\n[appeal.en]')
    assert bring_in(path) == 1
    assert "campaign.picture: " in capsys.readouterr().err
    assert not Campaign.objects.exists()


def test_a_picture_travels_with_the_file(tmp_path: Path, capsys: Printed) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "banner.png")
    path = file_with(tmp_path, "open-letter", "[appeal.en]", 'picture = "banner.png"\n[appeal.en]')
    assert bring_in(path) == 0
    campaign = Campaign.objects.get()
    content = Path(campaign.picture.path).read_bytes()
    capsys.readouterr()
    assert main(["campaign", "export", "clean-rivers"]) == 0
    exported = tmp_path / "again.toml"
    exported.write_text(capsys.readouterr().out.replace("clean-rivers", "cleaner-rivers"), encoding="utf-8")
    assert bring_in(exported) == 0
    assert Path(Campaign.objects.get(slug="cleaner-rivers").picture.path).read_bytes() == content


def test_a_picture_is_not_opened_by_the_command_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "banner.png")
    path = file_with(tmp_path, "open-letter", "[appeal.en]", 'picture = "banner.png"\n[appeal.en]')
    monkeypatch.setattr(Image, "open", pytest.fail)
    assert bring_in(path) == 0
    assert Campaign.objects.get().picture


def test_export_writes_the_file_and_nothing_else(capsys: Printed) -> None:
    assert bring_in(FILES / "worldwide.toml") == 0
    capsys.readouterr()
    assert main(["campaign", "export", "night-trains"]) == 0
    said = capsys.readouterr()
    assert tomllib.loads(said.out)["campaign"]["slug"] == "night-trains"
    assert said.err == ""


def test_export_says_when_a_draft_is_left_out(campaign: Campaign, capsys: Printed) -> None:
    factories.published_appeal(campaign)
    domain.draft_appeal(campaign=campaign, texts={"en": ("new", "words")})
    assert main(["campaign", "export", "night-trains"]) == 0
    assert "its unpublished draft was not" in capsys.readouterr().err


def test_export_of_nothing(capsys: Printed) -> None:
    assert main(["campaign", "export", "nowhere"]) == 1
    assert "there is no campaign 'nowhere' here" in capsys.readouterr().err


def test_the_first_command_on_a_new_machine_makes_the_tables(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    surroundings = os.environ | {"TOCSIN_DATA": str(data), "TOCSIN_KEYS": "", "DATABASE_URL": ""}
    surroundings.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "tocsin.cli", "campaign", "import", str(FILES / "rally.toml")]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "mend-the-clock: imported as a draft" in done.stdout
    assert (data / "tocsin.sqlite3").is_file()
