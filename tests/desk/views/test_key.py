"""The vault key at the desk: made with a passphrase, printed while it is known, proved before opening."""

import importlib
import re
from datetime import date, timedelta

import pyrage  # type: ignore[import-untyped]  # it ships no types
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.age import quick_age_file
from tests.factories.campaigns import PASSWORD
from tests.factories.vault import PASSPHRASE, campaign_key, key_pair
from tocsin.campaigns.models import Campaign
from tocsin.seal.epoch import new_key_pair
from tocsin.vault import laptop
from tocsin.vault.laptop import PublicFile
from tocsin.vault.models import CampaignKey, Keyholder
from tocsin.vault.queries import is_ready, keyholders, keyholders_of, next_key


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


WORDS = "orchid ladder prism cobalt wander fig"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make age files that open at once."""
    for module in ("exchange_key", "add_keyholder"):
        monkeypatch.setattr(importlib.import_module(f"tocsin.vault.domain.{module}"), "wrap", quick_age_file)


def act(desk: Client, campaign: Campaign, name: str, **fields: object) -> HttpResponse:
    return desk.post(reverse(f"desk:{name}", args=[campaign.slug]), fields)  # type: ignore[return-value]  # the client's


@pytest.mark.usefixtures("quick")
def test_the_key_is_shared_with_somebody_and_taken_back(campaign: Campaign, desk: Client) -> None:
    campaign_key(campaign.pk)
    share = typed(label="Otto", passphrase=WORDS)
    wrong = act(desk, campaign, "key-share", **share, holder_passphrase="words of nobody at all")
    assert (wrong.status_code, "does not open the vault" in wrong.content.decode()) == (422, True)
    assert act(desk, campaign, "key-share", **share, holder_passphrase=PASSPHRASE).status_code == 303
    assert [one.label for one in keyholders(campaign.pk)] == ["Noor", "Otto"]
    assert not is_ready(campaign.pk)
    otto = keyholders(campaign.pk)[1]
    desk.post(reverse("desk:drill", args=[campaign.slug, otto.pk]), {"passphrase": WORDS})
    assert is_ready(campaign.pk)
    act(desk, campaign, "key-remove", label="Noor", own_password=PASSWORD)
    assert [one.label for one in keyholders(campaign.pk)] == ["Otto"]
    assert "exchange the key" in desk.get(key_of(campaign)).content.decode()
    unknown = act(desk, campaign, "key-remove", label="Maya", own_password=PASSWORD)
    assert (unknown.status_code, "No keyholder is called so" in unknown.content.decode()) == (422, True)
    act(desk, campaign, "key-remove", label="Otto", own_password=PASSWORD)
    assert [one.label for one in keyholders(campaign.pk)] == ["Otto"]


@pytest.mark.usefixtures("quick")
def test_the_key_is_exchanged_once_the_next_one_is_proven(campaign: Campaign, desk: Client) -> None:
    old = campaign_key(campaign.pk)
    assert act(desk, campaign, "key-next", **typed(passphrase="short")).status_code == 422
    made = act(desk, campaign, "key-next", **typed(passphrase=WORDS), old_passphrase=PASSPHRASE)
    assert f'name="sheet-passphrase" value="{WORDS}"' in made.content.decode()
    waiting = next_key(campaign.pk)
    assert waiting is not None
    act(desk, campaign, "key-use", own_password=PASSWORD)
    assert next_key(campaign.pk) == waiting
    (holder,) = keyholders_of(waiting)
    desk.post(reverse("desk:drill", args=[campaign.slug, holder.pk]), {"passphrase": WORDS})
    assert "Use the next key from now on" in desk.get(key_of(campaign)).content.decode()
    assert act(desk, campaign, "key-use", own_password="not mine").status_code == 422
    act(desk, campaign, "key-use", own_password=PASSWORD)
    old.refresh_from_db()
    assert (next_key(campaign.pk), old.retired_on is not None) == (None, True)
    assert bytes(waiting.fingerprint).hex() in desk.get(key_of(campaign)).content.decode()


@pytest.mark.usefixtures("quick")
def test_a_next_key_can_be_thrown_away(campaign: Campaign, desk: Client) -> None:
    campaign_key(campaign.pk)
    act(desk, campaign, "key-next", **typed(passphrase=WORDS))
    act(desk, campaign, "key-drop")
    assert next_key(campaign.pk) is None


def test_a_key_comes_from_a_laptop_and_is_proven_by_code(campaign: Campaign, desk: Client) -> None:
    content = laptop.write_public_file(PublicFile(campaign.slug, key_pair().public, ("Noor",), date(2026, 4, 1)))
    for bad in (b"no file of ours", content.replace(campaign.slug.encode(), b"another")):
        upload = SimpleUploadedFile("x.public.json", bad)
        assert act(desk, campaign, "key-import", public=upload, own_password=PASSWORD).status_code == 422
    act(desk, campaign, "key-import", public=SimpleUploadedFile("x.json", content), own_password=PASSWORD)
    (holder,) = keyholders(campaign.pk)
    assert "made on a laptop" in desk.get(key_of(campaign)).content.decode()
    handed_out = desk.get(reverse("desk:test-row", args=[campaign.slug, holder.pk]))
    assert f"{campaign.slug}-noor-{holder.pk}-test-row.json" in handed_out.headers["Content-Disposition"]
    row = handed_out.content
    proved = reverse("desk:proved", args=[campaign.slug, holder.pk])
    assert desk.post(proved, {"code": "aaaa-bbbb-cccc-dddd"}).status_code == 422
    assert not is_ready(campaign.pk)
    desk.post(proved, {"code": laptop.prove(key_pair().private, row)})
    assert is_ready(campaign.pk)


def _from_a_laptop(desk: Client, campaign: Campaign, *labels: str) -> None:
    content = laptop.write_public_file(PublicFile(campaign.slug, key_pair().public, labels, date(2026, 4, 1)))
    act(desk, campaign, "key-import", public=SimpleUploadedFile("x.json", content), own_password=PASSWORD)


def test_two_keyholders_of_like_names_do_not_mix_their_test_rows_up(campaign: Campaign, desk: Client) -> None:
    _from_a_laptop(desk, campaign, "Rui", "Rui!", "羽")
    page = desk.get(key_of(campaign)).content.decode()
    names = set()
    for one in keyholders(campaign.pk):
        handed_out = desk.get(reverse("desk:test-row", args=[campaign.slug, one.pk]))
        (name,) = re.findall(r'filename="(.+)"', handed_out.headers["Content-Disposition"])
        assert f"tocsin key prove {name} " in page
        names.add(name)
    assert len(names) == 3


def test_of_a_keyholder_whose_file_never_lay_here_no_file_is_said_to_be_gone(campaign: Campaign, desk: Client) -> None:
    _from_a_laptop(desk, campaign, "Noor", "Rui")
    Keyholder.objects.update(drilled_on=date(2026, 4, 2))
    assert "Take their files away" not in desk.get(key_of(campaign)).content.decode()
    act(desk, campaign, "key-remove", label="Rui", own_password=PASSWORD)
    said = desk.get(key_of(campaign)).content.decode()
    assert ("files of Rui are gone" in said, "never lay here" in said) == (False, True)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("label, is_alike", [("Office safe", False), ("Noor", True)])
def test_a_keyholder_is_called_as_they_were_named_unless_two_are_alike(
    campaign: Campaign, desk: Client, label: str, is_alike: bool
) -> None:
    campaign_key(campaign.pk)
    act(desk, campaign, "key-next", **typed(label=label, passphrase=WORDS), old_passphrase=PASSPHRASE)
    waiting = next_key(campaign.pk)
    assert waiting is not None
    mark = f" ({bytes(waiting.fingerprint).hex()[:8]})"
    for _ in ("waiting", "in use"):
        page = desk.get(key_of(campaign)).content.decode()
        assert f"<bdi>{label}</bdi>" in page
        assert (f"<bdi>{label}{mark}</bdi>" in page) == is_alike
        Keyholder.objects.update(drilled_on=date(2026, 4, 2))
        act(desk, campaign, "key-use", own_password=PASSWORD)


def test_the_vault_says_where_it_opens_when_the_key_lies_on_a_laptop(campaign: Campaign, desk: Client) -> None:
    campaign_key(campaign.pk)
    vault, form = reverse("desk:vault", args=[campaign.slug]), 'name="passphrase"'
    page = desk.get(vault).content.decode()
    assert ("on that laptop" in page, form in page) == (False, True)
    CampaignKey.objects.update(retired_on=date(2026, 5, 1))
    old = Keyholder.objects.get()
    content = laptop.write_public_file(PublicFile(campaign.slug, new_key_pair()[1], ("Noor",), date(2026, 5, 1)))
    act(desk, campaign, "key-import", public=SimpleUploadedFile("x.json", content), own_password=PASSWORD)
    page = desk.get(vault).content.decode()
    assert ("A passphrase of an older key" in page, form in page) == (True, True)
    assert reverse("desk:age-file", args=[campaign.slug, old.pk]) in desk.get(key_of(campaign)).content.decode()
    old.delete()
    page = desk.get(vault).content.decode()
    assert ("never saw what could open it" in page, form in page) == (True, False)


def test_a_swapped_key_is_told_on_every_page_of_the_campaign(campaign: Campaign, desk: Client) -> None:
    campaign_key(campaign.pk)
    overview = reverse("desk:campaign", args=[campaign.slug])
    assert "Alarm:" not in desk.get(overview).content.decode()
    CampaignKey.objects.update(public=new_key_pair()[1])
    for path in (overview, key_of(campaign)):
        assert "Alarm: the key that data is sealed to was exchanged" in desk.get(path).content.decode()


def test_a_drill_of_three_months_ago_is_asked_for_again(campaign: Campaign, desk: Client) -> None:
    campaign_key(campaign.pk)
    Keyholder.objects.update(drilled_on=timezone.now().date() - timedelta(days=90))
    assert "more than 90 days ago" not in desk.get(key_of(campaign)).content.decode()
    Keyholder.objects.update(drilled_on=timezone.now().date() - timedelta(days=91))
    assert "more than 90 days ago" in desk.get(key_of(campaign)).content.decode()
