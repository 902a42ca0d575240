"""The vault key at the desk: made with a passphrase, printed while it is known, proved before opening."""

import re

import pyrage  # type: ignore[import-untyped]  # it ships no types
import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.campaigns import PASSWORD
from tests.factories.vault import PASSPHRASE, campaign_key
from tocsin.campaigns.models import Campaign
from tocsin.vault.models import CampaignKey
from tocsin.vault.queries import is_ready, keyholders


def key_of(campaign: Campaign) -> str:
    return reverse("desk:key", args=[campaign.slug])


def typed(**more: str) -> dict[str, str]:
    return {"label": "Office safe", "passphrase": PASSPHRASE, "own_password": PASSWORD} | more


def test_six_words_are_offered_and_others_each_time(campaign: Campaign, desk: Client) -> None:
    offered = [desk.get(key_of(campaign)).context["form"]["passphrase"].value() for _ in range(2)]
    assert all(len(words.split()) == 6 for words in offered)
    assert offered[0] != offered[1]


def test_the_key_is_made_and_the_sheet_can_be_had_from_the_answer(campaign: Campaign, desk: Client) -> None:
    answer = desk.post(key_of(campaign), typed())
    holder = keyholders(campaign.pk)[0]
    page = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"], holder.label) == (200, "no-store", "Office safe")
    assert f'name="sheet-passphrase" value="{PASSPHRASE}"' in page
    sheet = desk.post(reverse("desk:sheet", args=[campaign.slug, holder.pk]), {"sheet-passphrase": PASSPHRASE})
    assert (sheet["Content-Type"], sheet.content[:5]) == ("application/pdf", b"%PDF-")
    assert "attachment" in sheet["Content-Disposition"]


def test_the_passphrase_is_shown_that_once_only(campaign: Campaign, desk: Client) -> None:
    desk.post(key_of(campaign), typed())
    assert PASSPHRASE not in desk.get(key_of(campaign)).content.decode()
    assert PASSPHRASE not in repr(dict(desk.session))


def test_a_wrong_passphrase_is_not_printed(campaign: Campaign, desk: Client) -> None:
    campaign_key(campaign.pk)
    path = reverse("desk:sheet", args=[campaign.slug, keyholders(campaign.pk)[0].pk])
    answer = desk.post(path, {"sheet-passphrase": "six other words for this box"})
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (422, "text/html")
    assert "does not open the vault" in answer.content.decode()


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("passphrase", "short", "That could be guessed"),
        ("passphrase", "", "Fill this in."),
        ("label", "", "Fill this in."),
        ("own_password", "not mine", "That is not your password."),
        ("own_password", "", "Fill this in."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    campaign: Campaign, desk: Client, field: str, value: str, said: str
) -> None:
    answer = desk.post(key_of(campaign), typed(**{field: value}))
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert said in form.errors[field][0]
    assert CampaignKey.objects.count() == 0
    assert PASSWORD not in answer.content.decode()


def test_there_is_one_key(campaign: Campaign, desk: Client) -> None:
    campaign_key(campaign.pk)
    assert desk.post(key_of(campaign), typed())["Location"] == key_of(campaign)
    assert CampaignKey.objects.count() == 1


def test_the_drill_opens_the_test_row_with_the_right_passphrase_only(campaign: Campaign, desk: Client) -> None:
    campaign_key(campaign.pk, drilled=False)
    path = reverse("desk:drill", args=[campaign.slug, keyholders(campaign.pk)[0].pk])
    wrong = desk.post(path, {"passphrase": "six other words for this box"})
    assert (wrong.status_code, is_ready(campaign.pk)) == (422, False)
    spaced = f"  {PASSPHRASE.replace(' ', '  ')} "
    assert (desk.post(path, {"passphrase": spaced}).status_code, is_ready(campaign.pk)) == (303, True)


def test_another_campaigns_keyholder_has_no_page_here(campaign: Campaign, open_one: Campaign, desk: Client) -> None:
    number = keyholders(open_one.pk)[0].pk
    for name in ("drill", "sheet"):
        assert desk.post(reverse(f"desk:{name}", args=[campaign.slug, number])).status_code == 404
    assert desk.get(reverse("desk:age-file", args=[campaign.slug, number])).status_code == 404


def test_the_age_file_opens_with_the_standard_format(campaign: Campaign, desk: Client) -> None:
    campaign_key(campaign.pk)
    answer = desk.get(reverse("desk:age-file", args=[campaign.slug, keyholders(campaign.pk)[0].pk]))
    assert re.search(r'filename="night-trains\.age"', answer["Content-Disposition"])
    assert len(pyrage.passphrase.decrypt(answer.content, PASSPHRASE)) > 0
