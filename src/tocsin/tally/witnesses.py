"""Who vouches for this log, by the settings."""

from typing import NamedTuple

from django.conf import settings

from tocsin.tlog.cosignature import CosignatureVerifier
from tocsin.tlog.keys import parse_witness_vkey


class KnownWitness(NamedTuple):
    """A witness's key, and the address below which it takes checkpoints."""

    verifier: CosignatureVerifier
    url: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.verifier.name


def own_witnesses() -> list[KnownWitness]:
    """Return this server's witnesses, in the order of the settings."""
    return [KnownWitness(parse_witness_vkey(vkey), url) for vkey, url in settings.WITNESSES]
