"""Stop writing to an address, for ever: what the link in every mail does."""

from django.db import connection

from tocsin.outbox.caps import cap_key

_UPSERT = """
    INSERT INTO outbox_mailcap (address, sent_at, never_write) VALUES (%s, %s, %s)
    ON CONFLICT (address) DO UPDATE SET never_write = excluded.never_write
"""


def stop_mails(*, address: str) -> bool:
    """Never write to `address` again, in any spelling; False when it is no address. Twice is fine."""
    key = cap_key(address)
    if key is None:
        return False
    stop_mails_by_key(key=key)
    return True


def stop_mails_by_key(*, key: bytes) -> None:
    """Never write again to the address behind a cap_key, for those who know no more of it."""
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [key, b"", True])
