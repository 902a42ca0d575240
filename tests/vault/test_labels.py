"""What keyholders are called: as they were named, and with a mark where two would be alike."""

from tocsin.vault.labels import carried_label, shown_labels
from tocsin.vault.models import CampaignKey, Keyholder

KEY = CampaignKey(fingerprint=bytes.fromhex("f6bc6d1c") + bytes(28))


def shown(*labels: str) -> list[str]:
    return shown_labels([Keyholder(label=label) for label in labels])


def test_the_mark_is_shown_only_where_it_tells_two_apart() -> None:
    assert carried_label("Noor", KEY) == "Noor (f6bc6d1c)"
    assert shown("Noor (f6bc6d1c)", "Otto") == ["Noor", "Otto"]
    assert shown("Noor", "Noor (f6bc6d1c)", "Otto") == ["Noor", "Noor (f6bc6d1c)", "Otto"]
    assert shown("Noor (f6bc6d1c)", "Noor (0badcafe)") == ["Noor (f6bc6d1c)", "Noor (0badcafe)"]


def test_what_somebody_wrote_in_brackets_themselves_stays() -> None:
    assert shown("Noor (office)", "Otto (F6BC6D1C)") == ["Noor (office)", "Otto (F6BC6D1C)"]


def test_the_longest_name_still_fits_with_its_mark() -> None:
    assert len(carried_label("n" * 80, KEY)) == 80
