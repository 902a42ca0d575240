"""The form shows what was typed and what is wrong with it, and asks only what the campaign asks."""

import pytest

from tests import factories
from tests.factories.signing import NOW
from tocsin.campaigns.models import Campaign
from tocsin.website.form import sign_form
from tocsin.website.poster import poster_of

pytestmark = pytest.mark.django_db


def campaign(**form: object) -> Campaign:
    """Return a campaign whose form asks as told."""
    made: Campaign = factories.CampaignFactory.create(form=form)
    return made


def test_name_and_address_are_always_asked_for() -> None:
    bare = campaign(country="off", place="off", reason="off", show_name=False, keep_informed=False)
    form = sign_form(poster_of(bare, "en", now=NOW))
    assert (form.name.is_required, form.email.is_required) == (True, True)
    assert (form.country, form.place, form.reason) == (None, None, None)
    assert (form.offers_show_name, form.offers_keep_informed) == (False, False)


def test_nothing_is_ticked_before_somebody_ticks_it() -> None:
    form = sign_form(poster_of(campaign(), "en", now=NOW))
    assert (form.shows_name, form.keeps_informed) == (False, False)


def test_what_was_typed_stays() -> None:
    typed = {"name": "Maya", "email": "maya@", "country": "SE", "place": "Malmö", "reason": "Rails", "show_name": "yes"}
    form = sign_form(poster_of(campaign(), "en", now=NOW), values=typed, errors={"email": "Unreadable."})
    fields = (form.name, form.email, form.country, form.place, form.reason)
    assert [field.value for field in fields if field] == ["Maya", "maya@", "SE", "Malmö", "Rails"]
    assert form.shows_name
    assert [(field.name, field.error) for field in form.wrong_fields] == [("email", "Unreadable.")]


def test_wrong_fields_come_in_the_order_of_the_form() -> None:
    errors = {"reason": "c", "country": "b", "name": "a"}
    form = sign_form(poster_of(campaign(), "en", now=NOW), errors=errors)
    assert [field.error for field in form.wrong_fields] == ["a", "b", "c"]


def test_two_forms_on_one_page_share_no_id() -> None:
    poster = poster_of(campaign(), "en", now=NOW)
    one, other = sign_form(poster), sign_form(poster, prefix="form-2-")
    assert {one.name.id, one.name.wrong_id}.isdisjoint({other.name.id, other.name.wrong_id})
    assert one.name.name == other.name.name


def test_real_domains_beside_a_big_one_are_no_slip() -> None:
    form = sign_form(poster_of(campaign(), "en", now=NOW))
    assert "mail.com" in form.right_domains.split()
    assert "gmail.com" in form.mail_domains.split()


def test_countries_are_named_in_the_pages_language() -> None:
    form = sign_form(poster_of(campaign(), "es", now=NOW))
    assert ("DE", "Alemania") in form.countries
