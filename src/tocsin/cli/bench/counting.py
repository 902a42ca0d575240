"""Count rows, to hold what was answered against what is stored."""

from django.db import connection


def rows_of(table: str, where: str = "") -> int:
    """Return how many rows a table of ours has; `where` is a condition of our own."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}" + (f" WHERE {where}" if where else ""))  # noqa: S608  our own names
        (count,) = cursor.fetchone()
    connection.close()  # a benchmark's own connection must not hold anything up
    return int(count)
