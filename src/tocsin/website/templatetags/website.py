"""What the public templates need beyond Django's own tags."""

from django import template
from django.utils.safestring import SafeString

from tocsin.campaigns.languages import spoken as spoken_on
from tocsin.kit.numbers import shown
from tocsin.website import language as languages
from tocsin.website.headline import unbroken
from tocsin.website.slots import slot_mark

register = template.Library()


@register.simple_tag
def slot(name: str) -> SafeString:
    """Leave a place that the lane fills: the number each second, a token for each request."""
    return slot_mark(name)


@register.simple_tag
def slot_of(name: str, campaign: int, language: str) -> SafeString:
    """Leave such a place on a page that shows several campaigns, for the number of one, as `language` writes it."""
    return slot_mark(f"{name}:{campaign}:{language}")


@register.filter
def direction(code: str) -> str:
    """Return "rtl" or "ltr" for a language code."""
    return languages.direction(code)


@register.filter
def spoken(code: str) -> str:
    """Return the language of the program's own words on a page in the language `code`."""
    return spoken_on(code)


@register.filter
def own_name(code: str) -> str:
    """Return a language's own name."""
    return languages.own_name(code)


@register.filter
def number(value: int, language: str) -> str:
    """Return a whole number as readers of `language` write it."""
    return shown(value, language)


@register.filter
def headline(title: str) -> SafeString:
    """Return a title whose long words break only when they must."""
    return unbroken(title)
