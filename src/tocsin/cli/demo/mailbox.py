"""The mails that the demo's sink has kept, as anybody would read them."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail: its main headers, and its text part in full."""

    sender: str
    to: str
    subject: str
    kept_at: datetime
    text: str


def newest_mails(folder: Path, limit: int) -> list[Kept]:
    """Return the newest mails, newest first."""
    paths = sorted(folder.glob("*.eml"), reverse=True)[:limit]
    return [_read(path) for path in paths]


def _read(path: Path) -> Kept:
    message = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    return Kept(
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        kept_at=datetime.fromtimestamp(int(path.name.partition("-")[0]) / 1e9, UTC),
        text="" if body is None else str(body.get_content()),
    )
