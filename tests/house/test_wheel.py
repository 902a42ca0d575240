"""What `pip install .` brings is whole: every template, picture, style, font and translation."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tocsin"
NOT_SHIPPED = {".po", ".pot", ".pyc"}  # sources of translations, and what Python makes itself


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the names in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        return set(files.namelist())


def test_every_file_of_the_package_is_shipped(shipped: set[str]) -> None:
    ours = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in NOT_SHIPPED}
    assert {f"tocsin/{path.relative_to(PACKAGE)}" for path in ours} - shipped == set()


def test_every_translation_is_shipped_compiled(shipped: set[str]) -> None:
    sources = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.po")]
    assert sources
    assert {f"tocsin/{path.with_suffix('.mo')}" for path in sources} - shipped == set()


def test_nothing_else_is_shipped(shipped: set[str]) -> None:
    assert {name.partition("/")[0] for name in shipped if ".dist-info/" not in name} == {"tocsin"}
