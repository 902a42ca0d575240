"""Slots: places in a rendered page that the lane fills later, each second or for each request.

A template says ``{% slot "count" %}``; the rendered page holds ``@@slot:count@@`` there. What
people typed can hold that text too, so while rendering a slot is marked by a word that nobody
can guess, and only those marks become sentinels.
"""

import secrets
from collections.abc import Mapping

from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from tocsin.campaigns.languages import spoken

_SENTINEL = "@@slot:"
_UNGUESSABLE = f"slot-{secrets.token_hex(8)}:"


def slot_mark(name: str) -> SafeString:
    """Return what stands for the slot `name` while a page is being rendered."""
    return mark_safe(f"{_UNGUESSABLE}{name}@@")  # noqa: S308  our own letters only


def render(template: str, context: Mapping[str, object], *, language: str) -> str:
    """Return the page in `language`, its slots as sentinels and nobody else's text as one."""
    with translation.override(spoken(language)):
        page = get_template(template).render(dict(context))
    return without_slots(page).replace(_UNGUESSABLE, _SENTINEL)


def without_slots(markup: str) -> str:
    """Return markup in which nothing is a sentinel, reading the same: for what people typed.

    What is put in has no @, so no other sentinel comes of it, as one would where something is cut out.
    """
    return markup.replace(_SENTINEL, "&#64;&#64;slot:")
