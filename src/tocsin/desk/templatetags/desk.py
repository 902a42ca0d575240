"""What the desk's templates need beyond Django's own tags."""

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.translation import get_language

from tocsin.desk.forms.base import own_name
from tocsin.kit.countries import name_of
from tocsin.kit.numbers import shown

register = template.Library()

_LONG = (forms.Textarea,)
_CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.filter
def kind_of(field: BoundField) -> str:
    """Return how a field is laid out: tick, choices, long or line."""
    widget = field.field.widget
    if isinstance(widget, _CHOICES):  # before CheckboxInput: both are drawn with ticks
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "long" if isinstance(widget, _LONG) else "line"


@register.filter
def grouped(value: int) -> str:
    """Return a whole number as readers of the page's language write it, as in 3,093."""
    return shown(value, get_language() or "en")


@register.filter
def without_placeholder(field: BoundField) -> BoundField:
    """Return a field of allauth's without the words inside it, which only repeat its label."""
    field.field.widget.attrs.pop("placeholder", None)
    return field


@register.filter
def in_own_words(code: str) -> str:
    """Return a language's name in that language, as in "español"."""
    return own_name(code)


@register.filter
def country(code: str) -> str:
    """Return a country's name in the page's language."""
    return name_of(code, get_language() or "en")
