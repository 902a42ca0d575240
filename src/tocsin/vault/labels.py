"""What keyholders are called: by the name that was given, and by a mark behind it where two would be alike.

With a next key its first keyholder may get the older keys too. There they stand beside what they held before,
so their name is stored with the next key's mark behind it: "Noor (f6bc6d1c)".
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from tocsin.vault.models import CampaignKey, Keyholder

_LABEL_CHARS: Final = 80
_MARK: Final = r" \([0-9a-f]{8}\)$"
_MARK_CHARS: Final = len(" (01234567)")


def mark_of(key: CampaignKey) -> str:
    """Return what stands behind the names of those who hold older keys because of `key`."""
    return f" ({bytes(key.fingerprint).hex()[:8]})"


def carried_label(label: str, key: CampaignKey) -> str:
    """Return under which name a keyholder of a next key holds the older keys: beside what they held before."""
    return label[: _LABEL_CHARS - _MARK_CHARS] + mark_of(key)


def carried_pattern(label: str) -> str:
    """Return the regular expression of the names that carried_label makes of one label."""
    return "^" + re.escape(label[: _LABEL_CHARS - _MARK_CHARS]) + _MARK


def shown_labels(keyholders: Sequence[Keyholder]) -> list[str]:
    """Return what each is called in a list of keyholders: without a mark, unless that tells two apart."""
    plain = [re.sub(_MARK, "", one.label) for one in keyholders]
    times = Counter(plain)
    return [one.label if times[name] > 1 else name for one, name in zip(keyholders, plain, strict=True)]
