"""`tocsin key`: from no key to one that a keyholder has opened, without the desk."""

import stat
from pathlib import Path

import pypdf
import pytest

from tests.factories.vault import PASSPHRASE, campaign_key
from tocsin.campaigns.models import Campaign
from tocsin.cli.commands import main
from tocsin.vault import queries

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
