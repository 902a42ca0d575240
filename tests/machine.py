"""What the tests need of the machine: a browser and a database server.

Root gets it installed; anyone else is told the line to type. Standard library only.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_POSTGRES = 15
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the path of Debian's Chromium, or of a browser that behaves like it."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def postgres_binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, when it is new enough."""
    found = {
        int(path.parent.name): path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()
    }
    if found and max(found) >= OLDEST_POSTGRES:
        return found[max(found)]
    return _on_the_path()


def _on_the_path() -> Path | None:
    if not (initdb := shutil.which("initdb")):
        return None
    says = subprocess.run([initdb, "--version"], check=True, capture_output=True, text=True).stdout
    major = int(says.split()[2].split(".")[0])
    return Path(initdb).resolve().parent if major >= OLDEST_POSTGRES else None


def missing() -> list[str]:
    """Return the Debian packages that would bring what is not there."""
    wanted = {"chromium": chromium(), "postgresql": postgres_binaries()}
    return [package for package, found in wanted.items() if not found]


def main() -> int:
    """Install what is missing, or say how; 0 when all is there."""
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' and '.join(packages)} for the tests ...", flush=True)
        _install(packages)
        packages = missing()
    if not packages:
        return 0
    line = f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"
    print(f"The tests need {' and '.join(packages)} (PostgreSQL {OLDEST_POSTGRES} or newer). Type:\n\n    {line}\n")
    return 1


def _install(packages: list[str]) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", *packages]):
        subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
