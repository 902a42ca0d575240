"""The real settings, in folders of their own; which database is said by TOCSIN_TEST_DATABASE."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="tocsin-tests-"))
atexit.register(shutil.rmtree, _home, ignore_errors=True)

for _name in [name for name in os.environ if name.startswith("TOCSIN_") and not name.startswith("TOCSIN_TEST_")]:
    del os.environ[_name]  # what the developer's shell says must not decide a test
os.environ |= {
    "TOCSIN_DATA": str(_home / "data"),
    "TOCSIN_KEYS": str(_home / "keys"),
    # Kept from one run to the next: what is in it comes of the installed packages alone.
    "TOCSIN_CACHE": str(Path(tempfile.gettempdir()) / f"tocsin-tests-cache-{os.getuid()}"),
    "TOCSIN_BASE_URL": "http://testserver",
    "TOCSIN_MAIL_URL": "null:",
    # conftest.py starts the cluster and fills in where it listens.
    "DATABASE_URL": "postgres://tocsin@127.0.0.1/tocsin"
    if os.environ.get("TOCSIN_TEST_DATABASE") == "postgres"
    else "",
}
(_home / "data").mkdir()

from tocsin.config.settings import *  # noqa: E402, F403  the environment above must be there first
from tocsin.config.settings import DATABASES, STORAGES  # noqa: E402  named, for the lines below

if not os.environ["DATABASE_URL"]:
    # A file, as on a real server: connections of several threads and processes then meet in it.
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "data" / "tests.sqlite3")}

# Pages are rendered without collecting static files first; `collected_static` does it for real.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; the real one is Django's default
