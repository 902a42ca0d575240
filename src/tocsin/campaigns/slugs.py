"""What a campaign's address may be: `/{lang}/{slug}/` and `/{slug}/count.json`."""

import re
import unicodedata

from tocsin.campaigns.languages import is_known

MAX_SLUG = 60
_SHAPE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")

# Latin letters that no decomposition takes apart (Unicode, NFKD).
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)

# First parts of the server's own addresses (DESIGN section 10), and names that would mislead.
RESERVED = frozenset(
    {
        "account", "accounts", "admin", "api", "apple-touch-icon", "assets", "auth", "c", "campaign", "campaigns",
        "count", "demo", "desk", "embed", "export", "favicon", "h", "health", "healthz", "help", "host", "import",
        "livez", "login", "logout", "m", "mail", "mailbox", "media", "metrics", "news", "oembed", "open", "places",
        "privacy", "r", "rallies", "readyz", "robots", "s", "security", "sign", "signatures", "sitemap", "static",
        "tally", "tocsin", "trust", "verify", "wall", "well-known", "withdraw", "www",
    }
)  # fmt: skip


def slug_from(title: str) -> str:
    """Return the address that a title suggests, as in "Łódź: rivers!" to "lodz-rivers".

    Empty for a title without a Latin letter or a digit. The desk's script does the same while one types.
    """
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:MAX_SLUG].rstrip("-")


def is_slug(slug: str) -> bool:
    """Say whether `slug` is written as an address can be."""
    return len(slug) <= MAX_SLUG and _SHAPE.match(slug) is not None


def is_reserved(slug: str) -> bool:
    """Say whether the server itself answers at this address; a language's code counts."""
    return slug in RESERVED or len(slug) == 1 or is_known(slug)
