"""A keeper for tests: this process is its own parent and child."""

from collections.abc import Iterator

import pytest

from tocsin.vault.keeper import Keeper


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """Return a keeper that `tocsin.vault.keeper`'s verbs reach from here."""
    keeper = Keeper()
    for name, value in keeper.environment().items():
        monkeypatch.setenv(name, value)
    yield keeper
    keeper.close()
