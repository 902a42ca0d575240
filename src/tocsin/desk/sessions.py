"""Sessions of the desk, kept under a hash: who reads the database, or a backup of it, has nobody's cookie.

Django's own store keeps what the cookie holds. A copy of the table, or one question too many to the
database, would then be every open session, and one whose vault is unlocked reads every name.
"""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as KeptAsTheCookie
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from tocsin.kit.framing import dh

_COLUMN_CHARS = 40  # 160 bits; the key itself has 165


class SessionStore(KeptAsTheCookie):
    """Django's store in the database, but for the name of the row."""

    # As they are on the base: each calls the one without the a, and none knows the table by itself.
    aexists = SessionBase.aexists
    aload = SessionBase.aload
    acreate = SessionBase.acreate
    asave = SessionBase.asave
    adelete = SessionBase.adelete

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing for a key that is unknown or too old."""
        living = self.get_model_class().objects.filter(expire_date__gt=timezone.now())
        found = living.filter(session_key=_kept(self.session_key)).first()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found.session_data)

    def exists(self, session_key: str) -> bool:
        """Say whether there is a session of this key."""
        return super().exists(_kept(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row to be saved."""
        row = super().create_model_instance(data)
        row.session_key = _kept(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Remove a session, by default this one."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(_kept(key))


def _kept(session_key: str | None) -> str:
    """Return the name under which a session lies in the database."""
    return dh("session", (session_key or "").encode()).hex()[:_COLUMN_CHARS]
