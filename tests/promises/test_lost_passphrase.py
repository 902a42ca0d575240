"""One keyholder's passphrase is lost: another's, or a sheet of paper, gives back every row, without Tocsin."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest

from tests.cast import MAYA, OTTO, PILAR, RUI
from tests.factories import signing
from tests.factories.vault import PASSPHRASE
from tests.signing.opened.conftest import many
from tocsin.campaigns.models import Campaign
from tocsin.cli.commands import main
from tocsin.signing.states import Hold
from tocsin.vault import queries

pytestmark = pytest.mark.django_db(transaction=True)
MANUAL = Path(__file__).parents[2] / "docs" / "organise" / "open-the-vault.md"
SLUG = "night-trains"
OTTOS = "walnut ferry cobalt hinge opera dusk"
CLEAN = "import runpy, sys; sys.modules['tocsin'] = None; del sys.argv[0]; runpy.run_path('open.py')"


@dataclass(frozen=True)
class Laptop:
    """A folder on a computer that nobody shares: the program of the manual, and the sealed rows."""

    folder: Path

    def opened(self, age_file: bytes | str, passphrase: str) -> list[str]:
        """Return the addresses that come out, in alphabetical order."""
        content = age_file.encode() if isinstance(age_file, str) else age_file
        (self.folder / "key.age").write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-I", "-c", CLEAN, "open.py", SLUG, "key.age", "rows.sealed"],
            cwd=self.folder,
            input=f"{passphrase}\n",
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # no terminal: the passphrase is read from the input
        )
        assert done.returncode == 0, done.stderr
        return sorted(json.loads(line)["email"] for line in done.stdout.splitlines())


def secret(folder: Path, words: str) -> str:
    path = folder / "words"
    path.write_text(words, encoding="utf-8")
    return str(path)


def share_with_otto(folder: Path) -> None:
    """Let Otto hold the key too, as the manual says: added, drilled."""
    mine, ottos = secret(folder, PASSPHRASE), str(folder / "ottos")
    Path(ottos).write_text(OTTOS, encoding="utf-8")
    add = ["key", "add", SLUG, "--label", "Otto", "--passphrase-file", mine, "--new-passphrase-file", ottos]
    assert main(add) == 0
    assert main(["key", "drill", SLUG, "--label", "Otto", "--passphrase-file", ottos]) == 0


def ottos_paper(folder: Path) -> tuple[str, str]:
    """Return what Otto types off his sheet: the age file, and the passphrase."""
    path = folder / "otto.pdf"
    sheet = ["key", "sheet", SLUG, "--label", "Otto", "--passphrase-file", secret(folder, OTTOS), "--output", str(path)]
    assert main(sheet) == 0
    text = pypdf.PdfReader(path).pages[0].extract_text()
    lines = text.splitlines()
    end = "END AGE ENCRYPTED FILE-----"
    age_file = text[text.index("-----BEGIN AGE") : text.index(end) + len(end)] + "\n"
    return age_file, lines[lines.index("Passphrase") + 1]


@pytest.fixture
def campaign() -> Campaign:
    return signing.open_campaign(SLUG)


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    folder = tmp_path / "laptop"
    folder.mkdir()
    program = MANUAL.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    (folder / "open.py").write_text(program, encoding="utf-8")
    return Laptop(folder)


def test_the_second_keyholder_and_the_paper_each_open_every_row(
    campaign: Campaign, laptop: Laptop, tmp_path: Path
) -> None:
    people = [*many(30), MAYA, OTTO]
    signing.counted(campaign, people)  # before there was a second keyholder
    share_with_otto(tmp_path)
    signing.counted(campaign, [PILAR])
    signing.confirm(signing.sign(campaign, RUI, hold=Hold.NETWORK_RATE).token)
    everybody = sorted(one.address for one in (*people, PILAR, RUI))
    assert main(["open", SLUG, "--format", "sealed", "--output", str(laptop.folder / "rows.sealed")]) == 0

    files = {holder.label: bytes(holder.age_file) for holder in queries.keyholders(campaign.pk)}
    assert laptop.opened(files["Otto"], OTTOS) == everybody
    assert laptop.opened(*ottos_paper(tmp_path)) == everybody
    assert laptop.opened(files["Noor"], PASSPHRASE) == everybody
