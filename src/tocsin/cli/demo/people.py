"""Made-up people for the demo: names of many countries, put together by lot, at addresses nobody can have."""

import random
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, NamedTuple

_DOMAINS = ("example.org", "example.net", "example.com")  # nobody's, for ever (RFC 2606)


class Person(NamedTuple):
    """Somebody who does not exist."""

    name: str
    address: str
    country: str
    place: str
    language: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """Where the made-up people come from, and what some of them say."""

    countries: Sequence[Mapping[str, Any]]
    reasons: Mapping[str, Sequence[str]]

    def people(self, lot: random.Random) -> Iterator[Person]:
        """Yield people without an end; the same lot yields the same people."""
        shares = [country["share"] for country in self.countries]
        number = 0
        while True:
            number += 1
            home = lot.choices(self.countries, shares)[0]
            name = f"{lot.choice(home['given'])} {lot.choice(home['family'])}"
            mailbox = _latin(name) or f"signer.{home['code'].lower()}"
            address = f"{mailbox}.{number}@{lot.choice(_DOMAINS)}"
            yield Person(name, address, home["code"], lot.choice(home["towns"]), home["language"])


def read_crowd() -> Crowd:
    """Return the crowd that lies beside this file."""
    content = tomllib.loads(resources.files("tocsin.cli.demo").joinpath("people.toml").read_text(encoding="utf-8"))
    return Crowd(content["countries"], content["reasons"])


def _latin(name: str) -> str:
    """Return a name as the front of an address: its letters of a to z, words joined by dots."""
    plain = unicodedata.normalize("NFKD", name.lower())
    words = ("".join(char for char in word if "a" <= char <= "z") for word in plain.split())
    return ".".join(word for word in words if word)
