"""`tocsin key`: from no key to one that a keyholder has opened, without the desk."""

import importlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from tests.factories.age import quick_age_file
from tests.factories.vault import PASSPHRASE, campaign_key
from tocsin.campaigns.models import Campaign
from tocsin.cli.commands import main
from tocsin.seal.epoch import new_key_pair
from tocsin.vault import queries
from tocsin.vault.models import CampaignKey

pytestmark = pytest.mark.django_db(transaction=True)
SLUG = "night-trains"


@pytest.fixture
def passphrase(tmp_path: Path) -> str:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def other_passphrase(tmp_path: Path) -> str:
    path = tmp_path / "other"
    path.write_text("walnut ferry cobalt hinge opera dusk", encoding="utf-8")
    return str(path)


def test_a_key_is_made_and_drilled(campaign: Campaign, passphrase: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "make", SLUG, "--label", "Noor", "--passphrase-file", passphrase]) == 0
    assert not queries.is_ready(campaign.pk)

    assert main(["key", "drill", SLUG, "--passphrase-file", passphrase]) == 0

    assert queries.is_ready(campaign.pk)
    assert capsys.readouterr().out.splitlines() == [
        "night-trains has its key. Next: tocsin key drill night-trains",
        "the test row opened",
    ]


def test_a_second_keyholder_is_named_and_has_to_drill_too(
    campaign: Campaign, passphrase: str, other_passphrase: str, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign_key(campaign.pk, drilled=False)
    add = ["key", "add", SLUG, "--label", "Otto", "--passphrase-file", passphrase]
    assert main([*add, "--new-passphrase-file", other_passphrase]) == 0

    assert main(["key", "drill", SLUG, "--passphrase-file", passphrase]) == 1
    assert "name a keyholder with --label: 'Noor', 'Otto'" in capsys.readouterr().err

    assert main(["key", "drill", SLUG, "--label", "Noor", "--passphrase-file", passphrase]) == 0
    assert capsys.readouterr().out == "the test row opened; still to do it: Otto\n"
    assert main(["key", "drill", SLUG, "--label", "Otto", "--passphrase-file", other_passphrase]) == 0
    assert queries.is_ready(campaign.pk)


def test_a_wrong_passphrase_drills_nothing(
    campaign: Campaign, other_passphrase: str, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign_key(campaign.pk, drilled=False)

    assert main(["key", "drill", SLUG, "--passphrase-file", other_passphrase]) == 1

    assert not queries.is_ready(campaign.pk)
    assert "does not open with this passphrase" in capsys.readouterr().err


def test_a_sheet_is_printed_for_its_owner_alone(
    campaign: Campaign, passphrase: str, other_passphrase: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign_key(campaign.pk)
    path = tmp_path / "sheet.pdf"
    sheet = ["key", "sheet", SLUG, "--output", str(path), "--passphrase-file"]

    assert main([*sheet, other_passphrase]) == 1
    assert not path.exists()

    assert main([*sheet, passphrase]) == 0
    assert stat.filemode(path.stat().st_mode) == "-rw-------"
    text = pypdf.PdfReader(path).pages[0].extract_text()
    assert PASSPHRASE in text
    assert "Bring back the night trains" in text

    assert main([*sheet, passphrase]) == 1
    assert "is there already" in capsys.readouterr().err


def test_what_cannot_be_done_is_said_in_one_line(
    campaign: Campaign, passphrase: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tmp_path / "short"
    short.write_text("short", encoding="utf-8")
    refused = [
        (["make", "no-such", "--label", "Noor"], "there is no campaign 'no-such' here"),
        (["make", SLUG], "name the keyholder with --label"),
        (["add", SLUG], "name the new keyholder with --label"),
        (["drill", SLUG, "--passphrase-file", passphrase], "night-trains has no key yet"),
        (["make", SLUG, "--label", "Noor", "--passphrase-file", str(short)], "at least 8 characters"),
        (["make", SLUG, "--label", "Noor", "--passphrase-file", str(tmp_path / "none")], "cannot use"),
    ]

    for arguments, why in refused:
        assert main(["key", *arguments]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert why in line


def test_a_second_key_is_refused(campaign: Campaign, passphrase: str, capsys: pytest.CaptureFixture[str]) -> None:
    campaign_key(campaign.pk)

    assert main(["key", "make", SLUG, "--label", "Noor", "--passphrase-file", passphrase]) == 1
    assert "night-trains has a sealing key already" in capsys.readouterr().err


def test_a_laptop_makes_no_key_for_an_address_that_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["key", "new", "Night_Trains", "--label", "Noor", "--output", str(tmp_path / "keys")]) == 1
    assert "'Night_Trains' is no campaign's address" in capsys.readouterr().err
    assert not (tmp_path / "keys").exists()


def test_a_key_made_on_a_laptop_is_proven_there_and_leaves_no_server_behind(
    campaign: Campaign, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The laptop's commands run in processes of their own, without this server's database and folders."""
    laptop = tmp_path / "laptop"
    laptop.mkdir()
    at_home = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "DJANGO_"))}

    def there(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tocsin.cli", "key", *words],
            cwd=laptop,
            env=at_home,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    said = there("new", SLUG, "--label", "Noor", "--label", "office safe", "--output", "keys")
    assert [path.name for path in laptop.iterdir()] == ["keys"]
    names = sorted(path.name for path in (laptop / "keys").iterdir())
    assert names == [
        f"{SLUG}-1-noor-sheet.pdf",
        f"{SLUG}-1-noor.age",
        f"{SLUG}-2-office-safe-sheet.pdf",
        f"{SLUG}-2-office-safe.age",
        f"{SLUG}.public.json",
    ]
    assert {stat.filemode(path.stat().st_mode) for path in (laptop / "keys").iterdir()} == {"-rw-------"}
    words = dict(line.split(": ", 1) for line in said.splitlines()[:2])

    assert main(["key", "import", SLUG, str(laptop / "keys" / f"{SLUG}.public.json")]) == 0
    for number, label in enumerate(("noor", "office-safe"), start=1):
        name = ("Noor", "office safe")[number - 1]
        row, secret = tmp_path / f"{label}.json", laptop / f"{label}.txt"
        assert main(["key", "test-row", SLUG, "--label", name, "--output", str(row)]) == 0
        secret.write_text(words[name], encoding="utf-8")
        age_file = f"keys/{SLUG}-{number}-{label}.age"
        code = there("prove", str(row), "--age-file", age_file, "--passphrase-file", str(secret)).strip()
        assert main(["key", "proved", SLUG, "aaaa-aaaa-aaaa-aaaa", "--label", name]) == 1
        assert main(["key", "proved", SLUG, code, "--label", name]) == 0
    assert queries.is_ready(campaign.pk)
    capsys.readouterr()


def test_a_swapped_public_key_raises_the_alarm_in_every_command(
    campaign: Campaign, passphrase: str, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign_key(campaign.pk)
    assert main(["key", "check", SLUG]) == 0
    assert "The key is the one that the log knows." in capsys.readouterr().out
    CampaignKey.objects.update(public=new_key_pair()[1])
    assert main(["key", "check", SLUG]) == 1
    assert "ALARM: the public key of night-trains" in capsys.readouterr().err
    assert main(["key", "drill", SLUG, "--passphrase-file", passphrase]) == 1
    assert "does not open" in capsys.readouterr().err


def test_a_key_is_exchanged_from_the_terminal(
    campaign: Campaign,
    passphrase: str,
    other_passphrase: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = importlib.import_module("tocsin.vault.domain.exchange_key")
    monkeypatch.setattr(module, "wrap", quick_age_file)
    old = campaign_key(campaign.pk)
    new = ["key", "next", SLUG, "--label", "Noor", "--passphrase-file", other_passphrase]
    assert main([*new, "--old-passphrase-file", passphrase]) == 0
    assert main(["key", "use", SLUG]) == 1
    assert "still to open a test row of the next key: Noor" in capsys.readouterr().err
    assert main(["key", "drill", SLUG, "--next", "--passphrase-file", other_passphrase]) == 0
    assert main(["key", "use", SLUG]) == 0
    now_used = queries.key_in_use(campaign.pk)
    assert now_used is not None
    assert now_used.pk != old.pk
    assert main(["key", "remove", SLUG, "--label", "Noor"]) == 1
    assert "let somebody else do so first" in capsys.readouterr().err


def test_who_names_nobody_of_the_next_key_is_told_who_holds_that_one(
    campaign: Campaign,
    passphrase: str,
    other_passphrase: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.import_module("tocsin.vault.domain.exchange_key"), "wrap", quick_age_file)
    campaign_key(campaign.pk)  # Noor's
    new = ["key", "next", SLUG, "--label", "Pilar", "--passphrase-file", other_passphrase]
    assert main(new) == 0
    for next_or_not, held in ((["--next"], "Pilar"), ([], "Noor")):
        drill = ["key", "drill", SLUG, "--label", "Rui", "--passphrase-file", passphrase]
        assert main([*drill, *next_or_not]) == 1
        assert f"name a keyholder with --label: '{held}'\n" in capsys.readouterr().err
