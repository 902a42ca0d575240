"""Empty the tables between tests that commit: there, even published texts have to go.

PostgreSQL truncates, which fires no trigger. SQLite deletes row by row, and a published text
refuses that; so its triggers step aside and come back within the same transaction.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper

_OPERATIONS = DatabaseWrapper.ops_class
_FROZEN = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_frozen\\_%' ESCAPE '\\'"


@pytest.fixture(scope="session", autouse=True)
def _triggers_step_aside() -> Iterator[None]:
    usual = _OPERATIONS.sql_flush

    def flush(self: Any, *given: Any, **more: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            frozen = cursor.execute(_FROZEN).fetchall()
        return [
            *(f'DROP TRIGGER "{name}"' for name, _ in frozen),
            *usual(self, *given, **more),
            *(sql for _, sql in frozen),
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_OPERATIONS, "sql_flush", flush)
        yield
