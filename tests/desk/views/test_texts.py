"""The appeal and the privacy text: drafts, previews, publishing, and two people writing at once."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tocsin.campaigns import domain
from tocsin.campaigns.models import AppealVersion, Campaign, PrivacyVersion
from tocsin.campaigns.queries import current_privacy, current_version, draft_privacy_version, draft_version

TEXT = 'We ask for **sleepers**.\n\n[emailpetition id="1"]\n\n<script>alert(1)</script>'


def page_of(campaign: Campaign, name: str) -> str:
    return reverse(f"desk:{name}", args=[campaign.slug])


def words(**more: str) -> dict[str, str]:
    return {"appeal.en.title": "Night trains", "appeal.en.text": TEXT} | more


def read(desk: Client, campaign: Campaign, name: str = "appeal-preview") -> str:
    found: str = desk.get(page_of(campaign, name)).context["read"]
    return found


def sources(version: AppealVersion | None) -> dict[str, str]:
    return {text.language: text.source for text in version.texts.all()} if version else {}


def test_a_draft_is_kept_as_it_was_typed_and_languages_left_empty_are_left_out(
    campaign: Campaign, desk: Client
) -> None:
    answer = desk.post(page_of(campaign, "appeal"), words())
    assert answer["Location"] == page_of(campaign, "appeal")
    assert sources(draft_version(campaign)) == {"en": TEXT}
    assert current_version(campaign) is None


def test_save_and_preview_leads_to_the_preview(campaign: Campaign, desk: Client) -> None:
    answer = desk.post(page_of(campaign, "appeal"), words(preview=""))
    assert answer["Location"] == page_of(campaign, "appeal-preview")


def test_a_preview_shows_what_visitors_will_see_and_hostile_markup_is_inert(campaign: Campaign, desk: Client) -> None:
    desk.post(page_of(campaign, "appeal"), words())
    page = desk.get(page_of(campaign, "appeal-preview")).content.decode()
    assert "<strong>sleepers</strong>" in page
    assert '[emailpetition id="1"]' in page
    assert "<script>alert" not in page


def test_a_wrong_text_stays_with_its_refusal_beside_it(campaign: Campaign, desk: Client) -> None:
    answer = desk.post(page_of(campaign, "appeal"), words(**{"appeal.es.text": "Sin título"}))
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, ["appeal.es.title"])
    assert form["appeal.en.text"].value() == TEXT
    assert draft_version(campaign) is None


def test_publishing_publishes_what_was_read(campaign: Campaign, desk: Client) -> None:
    desk.post(page_of(campaign, "appeal"), words())
    desk.post(page_of(campaign, "appeal-preview"), {"read": read(desk, campaign)})
    assert sources(current_version(campaign)) == {"en": TEXT}
    assert draft_version(campaign) is None


def test_a_draft_changed_after_it_was_read_is_not_published(campaign: Campaign, desk: Client) -> None:
    desk.post(page_of(campaign, "appeal"), words())
    seen = read(desk, campaign)
    domain.draft_appeal(campaign=campaign, texts={"en": ("Night trains", "Something else")})
    answer = desk.post(page_of(campaign, "appeal-preview"), {"read": seen})
    assert answer.status_code == 422
    assert "read it again" in answer.content.decode()
    assert current_version(campaign) is None


def test_what_changes_is_shown_before_publishing(campaign: Campaign, desk: Client) -> None:
    factories.published_appeal(campaign)
    published = current_version(campaign)
    assert published is not None
    text = published.texts.get(language="en")
    desk.post(
        page_of(campaign, "appeal"), words(**{"appeal.en.title": text.title, "appeal.en.text": f"{text.source} Now!"})
    )
    page = desk.get(page_of(campaign, "appeal-preview")).content.decode()
    assert "<ins> Now!</ins>" in page


def test_the_same_text_is_not_published_twice(campaign: Campaign, desk: Client) -> None:
    desk.post(page_of(campaign, "appeal"), words())
    desk.post(page_of(campaign, "appeal-preview"), {"read": read(desk, campaign)})
    desk.post(page_of(campaign, "appeal"), words())
    answer = desk.post(page_of(campaign, "appeal-preview"), {"read": read(desk, campaign)})
    assert answer.status_code == 422
    assert "change something first" in answer.content.decode()


def test_publishing_without_a_draft_leads_back(campaign: Campaign, desk: Client) -> None:
    assert desk.post(page_of(campaign, "appeal-preview"))["Location"] == page_of(campaign, "appeal")
    assert desk.get(page_of(campaign, "appeal-preview"))["Location"] == page_of(campaign, "appeal")


def test_a_version_that_is_not_published_has_no_page(campaign: Campaign, desk: Client) -> None:
    desk.post(page_of(campaign, "appeal"), words())
    assert desk.get(reverse("desk:appeal-version", args=[campaign.slug, 1])).status_code == 404


def test_two_who_write_at_once_lose_nothing(campaign: Campaign, desk: Client, edith_desk: Client) -> None:
    path = page_of(campaign, "appeal")
    began = desk.get(path).context["form"]["began_with"].value()
    edith_desk.post(path, words(**{"appeal.en.text": "Edith's words", "began_with": began}))
    answer = desk.post(path, words(**{"appeal.en.text": "Noor's words", "began_with": began}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("Noor&#x27;s words" in page, "Edith’s words" in page or "Edith's words" in page) == (True, True)
    assert sources(draft_version(campaign)) == {"en": "Edith's words"}
    seen = answer.context["form"]["began_with"].value()
    desk.post(path, words(**{"appeal.en.text": "Noor's words", "began_with": seen}))
    assert sources(draft_version(campaign)) == {"en": "Noor's words"}


@pytest.fixture
def usual(campaign: Campaign) -> Campaign:
    domain.draft_privacy(campaign=campaign, source={"en": "What you type is sealed."})
    return campaign


def test_a_language_without_a_privacy_text_is_offered_the_usual_one(usual: Campaign, desk: Client) -> None:
    form = desk.get(page_of(usual, "privacy")).context["form"]
    assert form["privacy.en.text"].value() == "What you type is sealed."
    assert "sella" in form["privacy.es.text"].value()


def test_the_privacy_text_is_published_in_versions(usual: Campaign, desk: Client) -> None:
    path = page_of(usual, "privacy-preview")
    desk.post(path, {"read": read(desk, usual, "privacy-preview")})
    desk.post(page_of(usual, "privacy"), {"privacy.en.text": "What you type is sealed at once."})
    assert "<ins> at once</ins>" in desk.get(path).content.decode()
    desk.post(path, {"read": read(desk, usual, "privacy-preview")})
    current = current_privacy(usual)
    assert current is not None
    assert (current.number, current.source) == (2, {"en": "What you type is sealed at once."})
    assert PrivacyVersion.objects.filter(campaign=usual).count() == 2


def test_an_editor_reads_the_preview_but_does_not_publish(usual: Campaign, edith_desk: Client) -> None:
    page = edith_desk.get(page_of(usual, "privacy-preview"))
    assert "Publish it" not in page.content.decode()
    assert edith_desk.post(page_of(usual, "privacy-preview"), {"read": page.context["read"]}).status_code == 403
    assert draft_privacy_version(usual) is not None
