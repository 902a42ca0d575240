"""The demo's mail server: real SMTP on the loopback, every mail a file in the data folder."""

import asyncio
import secrets
import threading
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_KEPT = 1_000
_MEGABYTE = 1_048_576


class Mailbox:
    """Keeps what it is handed, newest last by name; the oldest go when there are too many."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Write the mail, whole or not at all, and say that we have it."""
        content = envelope.content or b""
        path = self._folder / f"{time.time_ns():020}-{secrets.token_hex(4)}.eml"
        fresh = path.with_suffix(".part")
        fresh.write_bytes(content if isinstance(content, bytes) else content.encode())
        fresh.rename(path)
        for old in sorted(self._folder.glob("*.eml"))[:-_KEPT]:
            old.unlink(missing_ok=True)
        return "250 kept"


class Sink:
    """A mail server on a free port, with a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self._mailbox = Mailbox(folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sink", daemon=True)
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Return what goes into TOCSIN_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; the port is known from here on."""
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=5)

    def stop(self) -> None:
        """Stop listening, whoever is talking."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=2)
        self._loop.close()

    async def _listen(self) -> int:
        self._server = await self._loop.create_server(self._talk, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
        for talk in asyncio.all_tasks() - {asyncio.current_task()}:
            talk.cancel()

    def _talk(self) -> SMTP:
        return SMTP(self._mailbox, hostname="demo.localhost", data_size_limit=_MEGABYTE, enable_SMTPUTF8=True)
