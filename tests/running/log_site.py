"""A published log on disk, as a server's visitors see it, made without a server; and any folder over HTTP."""

import http.server
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.tlog.logs import LOG, nothing
from tocsin.tlog import bundles, tiles
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.hashing import leaf_hashes, subtree_root
from tocsin.tlog.keys import LogSigner
from tocsin.tlog.recount import recount
from tocsin.tlog.signed import sign_checkpoint


class LogSite:
    """The folder of a server whose log has `entries`; `signers` sign its checkpoint."""

    def __init__(self, folder: Path, entries: Sequence[bytes], *, signers: Sequence[LogSigner] = (LOG,)) -> None:
        self.folder = folder
        self.signers = signers
        self.entries: list[bytes] = []
        self.note = ""
        self.grow(entries)

    def grow(self, entries: Sequence[bytes]) -> None:
        """Append entries, publish them, and state the right figures."""
        self.entries += entries
        leaves = leaf_hashes(self.entries)
        # From the first on: simple, and the files that exist already come out the same.
        for tile, data in (*tiles.grow(0, leaves, nothing), *bundles.grow(0, self.entries, nothing)):
            self.write(f"tally/{tile.path}", data)
        self.sign(subtree_root(leaves))
        self.write("tally/vkey", "".join(f"{signer.verifier.vkey}\n" for signer in self.signers).encode())
        for name in recount(self.entries).campaigns:
            self.state(name)

    def sign(self, root: bytes, size: int | None = None) -> None:
        """Sign a checkpoint, be it true or not."""
        size = len(self.entries) if size is None else size
        self.note = sign_checkpoint(Checkpoint(self.signers[0].name, size, root), self.signers)
        self.write("tally/checkpoint", self.note.encode())

    def state(self, campaign: str, **other: object) -> None:
        """Write a campaign's count.json: what is right, but for what is `other`."""
        result = recount(self.entries)
        tally = result.campaigns[campaign]
        right = {
            "campaign": campaign,
            "count": tally.count,
            "signs": tally.signs,
            "withdrawals": tally.withdrawals,
            "size": result.size,
            "sealing_key": tally.keys[-1].digest.hex() if tally.keys else None,
        }
        self.write(f"{campaign}/count.json", json.dumps(right | other).encode())

    def write(self, path: str, data: bytes) -> None:
        """Write a file of the site."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def flip(self, path: str, bit: int = 0) -> None:
        """Change one bit of a file."""
        data = bytearray((self.folder / path).read_bytes())
        data[bit // 8] ^= 1 << bit % 8
        self.write(path, bytes(data))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Keeps connections open and says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the standard library's
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    """Does not mind visitors who leave."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that was closed; what else goes wrong is an error of the test."""
        if not isinstance(sys.exception(), ConnectionError):
            raise  # noqa: PLE0704  called from within the handler of the exception


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; give its address."""
    handler = partial(_Quiet, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
