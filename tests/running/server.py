"""`tocsin serve` in a folder of its own, with the real database, worker and mail."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.running.ports import free_port

TOCSIN = Path(sys.executable).parent / "tocsin"
CAMPAIGN = Path(__file__).parent / "night-trains.toml"
SLUG = "night-trains"
NOOR = "noor@example.org"
PASSWORD = "a long sentence nobody guesses"
PASSPHRASE = "seven slow sleepers cross the quiet border"
START_SECONDS = 60.0
STOP_SECONDS = 20.0


class Server:
    """One server: its folder, its settings, and the processes that run in it."""

    def __init__(self, folder: Path, *, mail_port: int, database_url: str = "", **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "DJANGO_"))}
        self.environ = inherited | {
            "TOCSIN_DATA": str(folder / "data"),
            "TOCSIN_KEYS": str(folder / "keys"),
            # The file of towns takes seconds to make, and is the same for all.
            "TOCSIN_CACHE": os.environ["TOCSIN_CACHE"],
            "TOCSIN_BASE_URL": self.url,
            "TOCSIN_MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "TOCSIN_MAIL_FROM": "appeal@night-trains.example",
            "DATABASE_URL": database_url,
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.options: tuple[str, ...] = ()  # more for `tocsin serve`
        self.started_by: tuple[str, ...] = ()  # programs that change what it inherits and become it

    def tocsin(self, *arguments: str | Path) -> str:
        """Run another command on this server's data; return what it printed."""
        done = subprocess.run(
            [TOCSIN, *arguments], env=self.environ, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def put_up(self, campaign: Path = CAMPAIGN, *, owner: str = NOOR) -> None:
        """Give Noor an account, import a campaign and open it, as she does from a file."""
        self.tocsin("admin", "create", owner, "--password-file", self.secret(PASSWORD))
        passphrase = self.secret(PASSPHRASE)
        self.tocsin("campaign", "import", campaign, "--owner", owner, "--open", "--passphrase-file", passphrase)

    def secret(self, words: str) -> Path:
        """Return a file beside the server's folders that holds a passphrase, as Noor's laptop would."""
        path = self.folder / "noor" / "secret.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(words, encoding="utf-8")
        return path

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.started_by, TOCSIN, "serve", "--port", str(self.port), *self.options],
                env=self.environ,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_ready()

    def is_ready(self) -> bool:
        """Say whether it answers, and can write."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> tuple[int, float]:
        """Stop it as systemd does; return its exit code and how many seconds that took."""
        assert self.process is not None
        begun = time.monotonic()
        children = self.children()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        finally:
            _kill([self.process.pid, *children])
        return code, time.monotonic() - begun

    def kill(self, part: str = "") -> None:
        """Kill at once, as a power cut would: everything, or the process tree of `web` or `work`."""
        assert self.process is not None
        if not part:
            _kill([self.process.pid, *self.children()])
            self.process.wait()
            return
        for child in _children_of(self.process.pid):
            if part in _command_of(child):
                _kill([child, *_descendants(child)])

    def children(self) -> list[int]:
        """Return the ids of all processes below the supervisor."""
        assert self.process is not None
        return _descendants(self.process.pid)

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until it answers, and can write."""
        assert self.process is not None
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)


def _kill(processes: list[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _descendants(process: int) -> list[int]:
    below = _children_of(process)
    return [*below, *(one for child in below for one in _descendants(child))]


def _children_of(process: int) -> list[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{process}/task").glob("*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _command_of(process: int) -> list[str]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
    return []
