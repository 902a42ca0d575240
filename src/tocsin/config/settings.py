"""Django's settings, made from what config.env reads; nothing else reads the environment."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from tocsin.config.env import database_url_parts, read_settings

_given = read_settings()

PACKAGE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR: Path = _given["TOCSIN_DATA"]
KEYS_DIR: Path = Path(_given["TOCSIN_KEYS"]).expanduser().absolute() if _given["TOCSIN_KEYS"] else DATA_DIR / "keys"
CACHE_DIR: Path = Path(_given["TOCSIN_CACHE"]).expanduser().absolute() if _given["TOCSIN_CACHE"] else DATA_DIR / "cache"
BASE_URL: str = _given["TOCSIN_BASE_URL"]
DEMO: bool = _given["TOCSIN_DEMO"]
TRUSTED_PROXIES = _given["TOCSIN_TRUSTED_PROXIES"]
METRICS_NETWORKS = _given["TOCSIN_METRICS_NETWORKS"]
WEB_PROCESSES: int = _given["TOCSIN_WEB_PROCESSES"]
QUEUE_LIMIT: int = _given["TOCSIN_QUEUE_LIMIT"]
SECOND_STEP_SECONDS: int = _given["TOCSIN_SECOND_STEP_SECONDS"]
NETWORK_RATE: int = _given["TOCSIN_NETWORK_RATE"]
DOMAIN_RATE: int = _given["TOCSIN_DOMAIN_RATE"]
ADDRESS_RATE: int = _given["TOCSIN_ADDRESS_RATE"]
MAIL_URL: str = _given["TOCSIN_MAIL_URL"]
TALLY_DIR: Path = Path(_given["TOCSIN_TALLY"]).expanduser().absolute() if _given["TOCSIN_TALLY"] else DATA_DIR / "tally"
LAST_CHECKPOINT: Path = (
    Path(_given["TOCSIN_LAST_CHECKPOINT"]).expanduser().absolute()
    if _given["TOCSIN_LAST_CHECKPOINT"]
    else DATA_DIR / "last-checkpoint"
)

_base = urlsplit(BASE_URL)
IS_TLS = _base.scheme == "https"
# Without the port: the log stays the same one when its server moves to another.
LOG_ORIGIN: str = _given["TOCSIN_LOG_ORIGIN"] or f"{_base.hostname}/tally"
MAP_TILES: str = _given["TOCSIN_MAP_TILES"]
MAP_CREDIT: str = _given["TOCSIN_MAP_CREDIT"]
WITNESSES: tuple[tuple[str, str], ...] = _given["TOCSIN_WITNESSES"]  # vkey and address of each
MAIL_FROM: str = _given["TOCSIN_MAIL_FROM"] or f"noreply@{_base.hostname}"


def _read_or_make_secret(path: Path) -> str:
    """Return the cookie-signing secret, made on the first start; only Django's sessions use it."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
    try:
        path.hardlink_to(fresh)  # atomic: of two processes starting at once, the first one wins
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text(encoding="ascii")


SECRET_KEY = _read_or_make_secret(KEYS_DIR / "django.key")
DEBUG = False
ALLOWED_HOSTS = [str(_base.hostname), *_given["TOCSIN_HOSTS"]]
USE_X_FORWARDED_HOST = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_TLS and TRUSTED_PROXIES else None
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before allauth: its pages are drawn by the desk's templates.
    "tocsin.desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "tocsin.db",
    "tocsin.vault",
    "tocsin.tally",
    "tocsin.outbox",
    "tocsin.campaigns",
    "tocsin.signing",
    "tocsin.rallies",
    "tocsin.website",
    *(["tocsin.cli.demo"] if DEMO else []),
]
AUTH_USER_MODEL = "campaigns.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "tocsin.website.headers.StrictHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tocsin.website.language.LanguageFromPathMiddleware",
    "tocsin.desk.language.DeskLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tocsin.desk.sealed.SealedKeysMiddleware",
]
ROOT_URLCONF = "tocsin.config.urls"
ASGI_APPLICATION = "tocsin.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tocsin.desk.unlocked.unlocked",
            ],
        },
    },
]

if _given["DATABASE_URL"].startswith("postgres"):
    DATABASES = {
        "default": {**database_url_parts(_given["DATABASE_URL"]), "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    }
else:
    # FULL: an answer is sent only after the commit is on the disk. FAST secure_delete zeroes
    # what is deleted on the pages that are written anyway.
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA_DIR / "tocsin.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                # Inserts of many rows have many shapes, and all of them stay prepared.
                "cached_statements": 512,
                "transaction_mode": "IMMEDIATE",
                # The worker settles the journal (db.journal); a writer does past 32,000 pages, where no worker runs.
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=FAST;"
                    "PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;PRAGMA foreign_keys=ON;"
                    "PRAGMA journal_size_limit=67108864;PRAGMA wal_autocheckpoint=32000;"
                ),
            },
        },
    }

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("ar", _("Arabic"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
FORMAT_MODULE_PATH = "tocsin.config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"

EMAIL_BACKEND = _given["TOCSIN_MAIL_BACKEND"] or "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = MAIL_FROM

LOGIN_URL = "/desk/account/login/"
LOGIN_REDIRECT_URL = "/desk/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by invitation, never by a public form
# Guesses are limited by where they come from, not by whom they name: a stranger must not be
# able to lock an organiser out (attacks.md, row 78).
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,60/h/ip", "reset_password": "20/m/ip,3/h/key"}
# What draws a campaign page with a draft, for the desk.
DRAFT_PAGES = "tocsin.website.drafts"

ACCOUNT_ADAPTER = "tocsin.desk.accounts.InvitedOnly"
ACCOUNT_LOGOUT_REDIRECT_URL = "/desk/account/login/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to addresses that strangers type in
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
MFA_ADAPTER = "tocsin.desk.accounts.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the address was given by whoever made the account
CSRF_FAILURE_VIEW = "tocsin.desk.guard.stale_form"
# In the session, because Django's message cookie would be sent to the public pages too.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# The public sees no cookie at all: both live below /desk/.
SESSION_ENGINE = "tocsin.desk.sessions"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/desk/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        # An exception's words can hold what somebody typed: lines say its type and place only.
        "line": {
            "()": "tocsin.kit.quiet_log.QuietFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
    },
    "filters": {"only_failures": {"()": "tocsin.kit.quiet_log.OnlyFailures"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
        "failures": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["only_failures"]},
    },
    "root": {"handlers": ["stderr"], "level": _given["TOCSIN_LOG_LEVEL"]},
    "loggers": {
        # Django logs request paths, and SQL on errors: both can hold what we promised to keep.
        # A handler there must be: without one Python prints warnings all the same.
        "django.request": {"handlers": ["failures"], "propagate": False},
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        "django.db.backends": {"handlers": ["nowhere"], "propagate": False},
    },
}
