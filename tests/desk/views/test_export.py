"""The campaign file at the desk is the one that the command line writes, and holds nobody who signed."""

import tomllib

from django.test import Client
from django.urls import reverse

from tests.cast import MAYA
from tests.factories import signing
from tocsin.campaigns.domain import export_campaign
from tocsin.campaigns.models import Campaign
from tocsin.rallies.campaign_file import RALLIES


def test_the_file_is_the_command_lines(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA], shows_name=True)
    answer = desk.get(reverse("desk:export-file", args=[open_one.slug]))
    text = answer.content.decode()
    assert text == export_campaign(campaign=open_one, parts=[RALLIES])
    assert tomllib.loads(text)["campaign"]["slug"] == "sleeper-cars"
    assert answer["Content-Disposition"] == 'attachment; filename="sleeper-cars.toml"'
    assert (MAYA.name in text, MAYA.address in text) == (False, False)
