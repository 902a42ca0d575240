"""The list that a host takes along: what to do before, on the day, and after it. In the language that is active."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.rallies.states import Access, Duty
from tocsin.website.kit.facts import Facts

# One for so many people, at the least (the rule of thumb of marshals' handbooks).
_A_MARSHAL, _A_FIRST_AIDER = 50, 250


def checklist(facts: Facts) -> list[dict[str, Any]]:
    """Return [{heading, steps}], steps in the order in which they are done."""
    return [
        {"heading": _("In the week before"), "steps": _before(facts)},
        {"heading": _("On the day"), "steps": _on_the_day(facts)},
        {"heading": _("Afterwards"), "steps": _afterwards(facts)},
    ]


def _before(facts: Facts) -> list[str]:
    steps = [
        _("Ask the town whether a gathering has to be announced or permitted, and take the paper along."),
        _("Walk the place at the same hour: where do people stand, where is the way out, where is it loud?"),
        *_people(facts),
        _("Hang up the poster, hand out the flyers, post the alert, send the note to the papers."),
    ]
    if Access.STEP_FREE in facts.rally.access:
        steps.append(_("Walk the way without steps yourself, from the stop to the place."))
    if Access.SIGN_LANGUAGE in facts.rally.access:
        steps.append(
            _("Agree with the interpreter for sign language where they stand: in the light, beside who speaks.")
        )
    return [*steps, _("Agree on one person who speaks to the press, and on one who speaks to the police.")]


def _people(facts: Facts) -> list[str]:
    wanted = dict(facts.rally.duties)
    crowd = facts.rally.crowd or 0
    marshals = wanted.get(Duty.MARSHAL) or -(-crowd // _A_MARSHAL)
    aiders = wanted.get(Duty.FIRST_AID) or -(-crowd // _A_FIRST_AIDER)
    steps = []
    if marshals:
        words = ngettext("Find %(number)s marshal.", "Find %(number)s marshals.", marshals)
        steps.append(words % {"number": marshals})
    if aiders:
        words = ngettext("Find %(number)s person for first aid.", "Find %(number)s people for first aid.", aiders)
        steps.append(words % {"number": aiders})
    return steps


def _on_the_day(facts: Facts) -> list[str]:
    return [
        _("Be there an hour early: everybody who helps meets, and each knows what they do."),
        _("Begin on time, at %(begins)s, and say when it ends: %(ends)s.")
        % {"begins": facts.begins, "ends": facts.ends},
        _("Read the appeal aloud. Pass the sign-up sheets around, and collect every one of them."),
        _("Count: at the fullest moment, twice, by two people. Write down both numbers."),
        _("Take photographs that show how many came; of faces only those who agree."),
        _("If something happens: stop, speak calmly, and say it on the rally's page through your link."),
        _("Leave the place cleaner than it was."),
    ]


def _afterwards(facts: Facts) -> list[str]:
    del facts
    return [
        _("Report through your link how many came, from and to, and how you counted."),
        _("Type in the sign-up sheets within three days, then destroy them."),
        _("Thank everybody who helped, the same evening."),
    ]
