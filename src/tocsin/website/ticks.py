"""The box that is ticked before a link confirms: robots that press every button tick none."""

from django.utils.translation import gettext as _


def unticked() -> str:
    """Return what to say beside a box that was left empty, in the language that is active."""
    return _("Please tick this box first: without it we cannot be sure that it is you.")
