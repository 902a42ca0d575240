"""What a room above this one has to say in a campaign file: its own tables, read, kept and written with the rest."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from tocsin.campaigns.campaign_file.tables import Table
from tocsin.campaigns.details import Details
from tocsin.campaigns.models import Campaign


class Part(Protocol):
    """Some tables of the file, as [[rallies]]; the doors hand it to the verbs here, which know nothing above them."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the file's top level that are this part's."""

    def read(self, root: Table, campaign: Details) -> Any:
        """Return what the file says; what cannot stand is noted in its table, so that all of it is told at once."""

    def store(self, *, campaign: Campaign, said: Any, now: datetime) -> Mapping[str, Any]:
        """Store what was read, as a step of the import; return what has no place yet, {one of `keys`: TOML}."""

    def write(self, campaign: Campaign, carried: Mapping[str, Any]) -> dict[str, Any]:
        """Return this part's tables as TOML; `carried` is what was kept under `keys`."""
