"""What every test can ask for: folders of its own, a database of the kind under test, the cast."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from pytest_django import Settings

from tests import postgres
from tocsin.outbox.keys import sealing_box

_cluster_key = pytest.StashKey[postgres.Cluster]()
_CLUSTER_ADDRESS = "TOCSIN_TEST_CLUSTER"  # handed to the worker processes of pytest-xdist

# How long an example takes is the machine's affair: speed is for the bench.
hypothesis.settings.register_profile("tocsin", deadline=None)
hypothesis.settings.load_profile("tocsin")

_DATABASE_FIXTURES = {"db", "transactional_db", "put_up_once", "cluster"}

pytest_plugins = ["tests.cast", "tests.emptying", "tests.keeping", "tests.running.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Start the cluster once for all processes, before Django opens a connection."""
    if not postgres.is_wanted():
        return
    if _CLUSTER_ADDRESS not in os.environ and not config.option.collectonly:
        cluster = config.stash[_cluster_key] = postgres.start()
        os.environ[_CLUSTER_ADDRESS] = f"127.0.0.1:{cluster.port}"
    from django.conf import settings  # noqa: PLC0415  read only now, after pytest-django chose them

    host, _, port = os.environ.get(_CLUSTER_ADDRESS, "127.0.0.1:5432").partition(":")
    settings.DATABASES["default"] |= {"HOST": host, "PORT": port}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster in the process that started it."""
    if cluster := config.stash.get(_cluster_key, None):
        del os.environ[_CLUSTER_ADDRESS]
        cluster.stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what asks for no database, and what is the same on both."""
    if not postgres.is_wanted():
        return
    is_wanted = {item: _asks_for_a_database(item) and not item.get_closest_marker("any_database") for item in items}
    config.hook.pytest_deselected(items=[item for item in items if not is_wanted[item]])
    items[:] = [item for item in items if is_wanted[item]]


def _asks_for_a_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & _DATABASE_FIXTURES)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Leave the database's settings to pytest_configure; only parallel runs get their suffix."""


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    """Give each test a data and a keys folder: numbers of campaigns repeat, their keys must not."""
    settings.DATA_DIR = tmp_path / "data"
    settings.KEYS_DIR = tmp_path / "keys"
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    settings.TALLY_DIR = settings.DATA_DIR / "tally"
    settings.LAST_CHECKPOINT = settings.DATA_DIR / "last-checkpoint"
    settings.DATA_DIR.mkdir()
    sealing_box.cache_clear()  # of the test before, in another folder


@pytest.fixture(scope="session")
def _static_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    manifest = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
    with override_settings(STATIC_ROOT=folder, STORAGES=manifest):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def collected_static(settings: Settings, _static_folder: Path) -> Path:
    """Return the folder of all static files under their hashed names, as a real server has it."""
    settings.STATIC_ROOT = _static_folder
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    return _static_folder


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """End the sessions of servers that were just stopped, or PostgreSQL would not drop the tests' database."""
    yield
    if postgres.is_wanted():
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
