"""Who says how many came, and how they know, in words: for the rally's page and the desk."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tocsin.rallies.states import Method, Source

WHO: dict[str, str | Promise] = {
    Source.HOST: _("The host"),
    Source.ATTENDEE: _("Somebody who was there"),
    Source.PRESS: _("The press"),
    Source.POLICE: _("The police"),
}
HOW: dict[str, str | Promise] = {
    Method.COUNTED: _("counted"),
    Method.DENSITY: _("worked out from the area and how close people stood"),
    Method.ESTIMATE: _("estimated"),
}
SAY_METHOD: dict[str, str | Promise] = {
    Method.COUNTED: _("Counted, head by head or row by row"),
    Method.DENSITY: _("Worked out: the area, and how close people stood"),
    Method.ESTIMATE: _("Estimated by eye"),
}
