"""What can be wrong with the form that announces a rally, beyond its details (refusals.py), and how to mend it."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Problem(StrEnum):
    """The names of what can be wrong; the name is also the metric and the test's id."""

    CONSENT_MISSING = "consent_missing"
    EMAIL_LIKELY_SLIP = "email_likely_slip"
    EMAIL_MISSING = "email_missing"
    EMAIL_UNREADABLE = "email_unreadable"
    NAME_MISSING = "name_missing"
    NAME_NOT_A_NAME = "name_not_a_name"
    DATE_FAR = "date_far"
    DATE_SHAPE = "date_shape"
    TIME_SHAPE = "time_shape"
    UNTIL_EARLY = "until_early"
    TOWN_AMBIGUOUS = "town_ambiguous"
    TOWN_MISSING = "town_missing"
    TOWN_UNKNOWN = "town_unknown"
    PIN_FAR = "pin_far"
    PIN_HALF = "pin_half"
    NUMBER_SHAPE = "number_shape"
    PRIVATE_WITHOUT_ADDRESS = "private_without_address"


WORDS: dict[Problem, str | Promise] = {
    Problem.CONSENT_MISSING: _("Please tick this: without your consent we may not make it public."),
    Problem.EMAIL_LIKELY_SLIP: _("Is this address spelled right? Correct it, or say that it is right as it stands."),
    Problem.EMAIL_MISSING: _("Please enter your e-mail address: we send you one mail to confirm."),
    Problem.EMAIL_UNREADABLE: _("This does not look like an e-mail address. It needs the form name@example.org."),
    Problem.NAME_MISSING: _("Please enter your name."),
    Problem.NAME_NOT_A_NAME: _("Please enter a name without links or special signs, at most 100 characters."),
    Problem.DATE_FAR: _("Please give a date within the next two years."),
    Problem.DATE_SHAPE: _("Please give the date as year, month and day: 2027-05-31."),
    Problem.TIME_SHAPE: _("Please give the hour and minute, as in 17:30."),
    Problem.UNTIL_EARLY: _("Please give a last date that is after the first one, or none."),
    Problem.TOWN_AMBIGUOUS: _("There are several towns of this name: please choose yours from the list."),
    Problem.TOWN_MISSING: _("Please enter the town."),
    Problem.TOWN_UNKNOWN: _(
        "We know no town of this name. Please look at its spelling, or give the next larger town, "
        "and name the village as part of the place."
    ),
    Problem.PIN_FAR: _("This pin is far away from the town: please set it again, or leave it out."),
    Problem.PIN_HALF: _("A pin has two numbers, as in 51.3167 and 9.5: please give both, or neither."),
    Problem.NUMBER_SHAPE: _("Please give a whole number, or leave it empty."),
    Problem.PRIVATE_WITHOUT_ADDRESS: _("Please enter the address that those who come will get."),
}
