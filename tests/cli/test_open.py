"""`tocsin open`: who signed comes back with the passphrase, and only then."""

import csv
import io
import json
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.cast import MAYA, OTTO, Person
from tests.factories import signing as factories
from tests.factories.age import quick_age_file
from tests.factories.vault import PASSPHRASE, key_pair
from tocsin.campaigns.models import Campaign
from tocsin.cli.commands import main
from tocsin.seal.epoch import new_key_pair
from tocsin.signing.models import Signature
from tocsin.vault import sheet
from tocsin.vault.models import EpochKey

pytestmark = pytest.mark.django_db(transaction=True)
SLUG = "night-trains"


@pytest.fixture
def campaign() -> Campaign:
    """Maya was counted and shows her name; Otto has confirmed, Rui has not."""
    campaign = factories.open_campaign(SLUG)
    factories.counted(campaign, [MAYA], shows_name=True, place="Malmö", reason="I sleep well on trains.")
    factories.confirm(factories.sign(campaign, OTTO, keep_informed=True).token)
    factories.sign(campaign, Person("Rui", "rui@example.org", "PT", "Évora"))
    return campaign


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return path


def export(passphrase_file: Path, *more: str) -> int:
    return main(["open", SLUG, "--passphrase-file", str(passphrase_file), *more])


def test_a_spreadsheet_has_a_line_for_everyone_who_confirmed(
    campaign: Campaign, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(passphrase_file, "--db") == 0

    written = capsys.readouterr()
    rows = sorted(csv.DictReader(io.StringIO(written.out.removeprefix("\ufeff"))), key=lambda row: row["name"])
    assert rows == [
        {
            "name": "Maya Lindqvist",
            "email": "maya@example.org",
            "country": "SE",
            "place": "Malmö",
            "reason": "I sleep well on trains.",
            "language": "en",
            "shows_name": "yes",
            "keep_informed": "no",
            "signed_on": "2026-04-02",
            "state": "counted",
        },
        {
            "name": "Otto Brandt",
            "email": "otto@example.net",
            "country": "DE",
            "place": "",
            "reason": "",
            "language": "en",
            "shows_name": "no",
            "keep_informed": "yes",
            "signed_on": "2026-04-02",
            "state": "confirmed",
        },
    ]
    assert written.err == "tocsin: 2 signatories written\n"


def test_json_lines_keep_the_words_as_typed_and_no_token(
    campaign: Campaign, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(passphrase_file, "--format", "json") == 0

    signatories = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert signatories.keys() == {"Maya Lindqvist", "Otto Brandt"}
    assert signatories["Maya Lindqvist"]["shows_name"] is True
    assert date.fromisoformat(signatories["Otto Brandt"]["signed_on"]) == factories.NOW.date()
    assert "m" not in signatories["Otto Brandt"]


def test_what_changed_since_signing_counts(
    campaign: Campaign, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Signature.objects.filter(keep_informed=True).update(keep_informed=False)

    export(passphrase_file, "--format", "json")

    assert {row["keep_informed"] for row in map(json.loads, capsys.readouterr().out.splitlines())} == {False}


def test_a_formula_in_a_reason_stays_text(passphrase_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = factories.open_campaign(SLUG)
    factories.counted(campaign, [MAYA], reason='=HYPERLINK("http://evil.example","x")\nand "more"')

    export(passphrase_file)

    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff")))
    assert row["reason"] == """'=HYPERLINK("http://evil.example","x") and "more\""""


def test_a_file_is_made_for_its_owner_alone_and_never_overwritten(
    campaign: Campaign, passphrase_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "signatories.csv"

    assert export(passphrase_file, "--output", str(path)) == 0
    assert stat.filemode(path.stat().st_mode) == "-rw-------"
    assert path.read_text(encoding="utf-8").count("@example") == 2

    assert export(passphrase_file, "--output", str(path)) == 1
    assert "is there already" in capsys.readouterr().err


def test_a_keyholders_own_copy_of_the_age_file_opens_too(
    campaign: Campaign, passphrase_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    age_file = tmp_path / "noor.age"
    age_file.write_bytes(key_pair().age_file)

    assert export(passphrase_file, "--age-file", str(age_file)) == 0
    assert "maya@example.org" in capsys.readouterr().out


def test_the_key_of_another_campaign_is_refused(
    campaign: Campaign, passphrase_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    age_file = tmp_path / "quinn.age"
    age_file.write_bytes(quick_age_file(new_key_pair()[0], PASSPHRASE))

    assert export(passphrase_file, "--age-file", str(age_file)) == 1

    written = capsys.readouterr()
    assert written.out == ""
    assert "holds no key of night-trains" in written.err


def test_a_wrong_passphrase_writes_nothing(
    campaign: Campaign, passphrase_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passphrase_file.write_text("another passphrase altogether", encoding="utf-8")
    path = tmp_path / "signatories.csv"

    assert export(passphrase_file, "--output", str(path)) == 1

    assert "no keyholder of night-trains has this passphrase" in capsys.readouterr().err
    assert not path.exists()


def test_a_row_that_does_not_open_is_counted_and_does_not_stop_the_others(
    campaign: Campaign, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = Signature.objects.get(country="DE")
    row = bytes(changed.sealed)
    changed.sealed = row[:-1] + bytes([row[-1] ^ 1])
    Signature.objects.filter(manage_hash=changed.manage_hash).update(sealed=changed.sealed)

    assert export(passphrase_file) == 1

    written = capsys.readouterr()
    assert "maya@example.org" in written.out
    assert "1 did not open" in written.err


def test_a_row_whose_epoch_is_lost_is_counted_too(
    campaign: Campaign, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    EpochKey.objects.all().delete()

    assert export(passphrase_file) == 1
    assert "2 did not open" in capsys.readouterr().err


@pytest.mark.parametrize("slug", ["", "no-such", "night-trains' OR 1=1"])
def test_an_unknown_campaign_is_refused(slug: str, passphrase_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["open", slug, "--passphrase-file", str(passphrase_file)]) == 1
    assert f"there is no campaign {slug!r} here" in capsys.readouterr().err


def test_a_missing_file_is_named(campaign: Campaign, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(tmp_path / "none") == 1
    assert str(tmp_path / "none") in capsys.readouterr().err


def test_sealed_rows_go_out_without_a_passphrase_and_open_elsewhere(
    campaign: Campaign, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed = tmp_path / "rows.sealed"
    assert main(["open", SLUG, "--format", "sealed", "--output", str(sealed)]) == 0
    assert "example" not in sealed.read_text(encoding="ascii")
    (tmp_path / "key.age").write_bytes(key_pair().age_file)
    (tmp_path / "open.py").write_text(sheet.opener(), encoding="utf-8")

    opened = subprocess.run(
        [sys.executable, "-I", "open.py", SLUG, "key.age", "rows.sealed"],
        cwd=tmp_path,
        input=f"{PASSPHRASE}\n",
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,  # no terminal: the passphrase is read from the input
        timeout=120,
    )

    emails = {json.loads(line)["email"] for line in opened.stdout.splitlines()}
    assert emails == {"maya@example.org", "otto@example.net"}
