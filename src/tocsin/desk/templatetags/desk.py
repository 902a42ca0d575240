"""What the desk's templates need beyond Django's own tags."""

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.translation import get_language

from tocsin.kit.countries import name_of

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
def country(code: str) -> str:
    """Return a country's name in the page's language."""
    return name_of(code, get_language() or "en")
