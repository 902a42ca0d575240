"""The page about the campaign file shows one that works."""

import re
from pathlib import Path

from tocsin.campaigns.campaign_file import read_campaign_file
from tocsin.campaigns.details import Details
from tocsin.campaigns.form_fields import FormFields
from tocsin.campaigns.shortcodes import Name
from tocsin.rallies.campaign_file import RALLIES

PAGE = Path(__file__).parents[3] / "docs" / "organise" / "campaign-file.md"


def test_its_example_can_be_imported() -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    file = read_campaign_file(example[1].encode(), [RALLIES])
    assert file.details.slug == "night-trains"
    assert file.carried_keys == []


def test_it_names_every_key_and_every_shortcode() -> None:
    page = PAGE.read_text(encoding="utf-8")
    keys = [*Details.__dataclass_fields__, *FormFields().to_map(), "picture", "keyholders"]
    assert [key for key in keys if key not in page] == []
    assert [name for name in Name if f"[{name}]" not in page] == []
