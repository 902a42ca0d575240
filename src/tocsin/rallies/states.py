"""The states of a rally, of one date of it and of who says they will come: read this first.

A rally

announce    → ASKED                     (its host has a mail to press a button in)
confirm       ASKED → ANNOUNCED         (live by its link; on no list, map or calendar yet)
approve       ANNOUNCED, RETURNED → APPROVED
return        ANNOUNCED, APPROVED → RETURNED   (with a note to the host; still live by its link)
edit          RETURNED → ANNOUNCED      (the host has mended it and asks again)
merge         ASKED, ANNOUNCED, APPROVED, RETURNED → MERGED   (a duplicate; its address leads to the other one)
refuse        ASKED, ANNOUNCED, APPROVED, RETURNED → REFUSED  (spam, or a hostile fake; its address is gone)
take back     REFUSED → ANNOUNCED       (it was neither: the desk looks again)
end           ANNOUNCED, APPROVED, RETURNED → ENDED           (the series has reached what it stood for, or faded)
expire        ASKED → gone, after seven days

A cancelled rally keeps its state: what is cancelled are its dates. An occurrence, which is one date of a rally:

cancel        STANDS, POSTPONED → CANCELLED
postpone      STANDS → POSTPONED        (it will be on another day, not known yet)
move, reopen  CANCELLED, POSTPONED, STANDS → STANDS

An RSVP

rsvp        → ASKED                     (who asked has a mail to press a button in)
confirm       ASKED → COMING or WAITING (WAITING when the place is full)
promote       WAITING → COMING          (in the order of confirming, by itself, when somebody gives up a place)
give up       ASKED, COMING, WAITING → GONE
expire        ASKED → gone, with its row, after three days

A headcount, and its photo by itself

report      → WAITING, or SHOWN         (where its host or the team says so; a photo: a trusted host or the team)
show          WAITING, REFUSED → SHOWN
refuse        WAITING, SHOWN → REFUSED  (a photo's file goes a day later)
let wait      SHOWN, REFUSED → WAITING  (a decision is taken back)
"""

from typing import Final

from django.db import models

# How long what nobody confirmed is kept.
ANNOUNCED_DAYS = 7
ASKED_DAYS = 3
# How long whoever was asked to help with a rally, or to take it over, can say yes.
INVITED_DAYS = 14
# How far ahead the dates of a series have pages of their own.
HORIZON_DAYS = 182
# How long after a rally's last date the key of its hosts and of who came is kept.
KEY_DAYS = 14
# A postponed date has no day yet: for so long after its old one it may get one, and who comes is kept in mind.
POSTPONED_DAYS = 90
# How long a refused photo can be taken back, before its file is erased.
REFUSED_PHOTO_DAYS = 1
# How long a cancelled date stays in calendars and lists.
CANCELLED_DAYS = 30


class State(models.IntegerChoices):
    """Where a rally stands."""

    ASKED = 1
    ANNOUNCED = 2
    APPROVED = 3
    RETURNED = 4
    MERGED = 5
    REFUSED = 6
    ENDED = 7


# Whose page is there for whoever knows the address.
LIVE: Final = (State.ANNOUNCED, State.APPROVED, State.RETURNED, State.ENDED)
# Whose dates are on lists, on the map, in calendars and in the count.
SHOWN: Final = (State.APPROVED, State.ENDED)

ARROWS: Final = {
    State.ASKED: {State.ANNOUNCED, State.MERGED, State.REFUSED},
    State.ANNOUNCED: {State.APPROVED, State.RETURNED, State.MERGED, State.REFUSED, State.ENDED},
    State.APPROVED: {State.RETURNED, State.MERGED, State.REFUSED, State.ENDED},
    State.RETURNED: {State.ANNOUNCED, State.APPROVED, State.MERGED, State.REFUSED, State.ENDED},
    State.MERGED: set[State](),
    State.REFUSED: {State.ANNOUNCED},
    State.ENDED: set[State](),
}


class DateState(models.IntegerChoices):
    """Whether one date of a rally stands."""

    STANDS = 1
    CANCELLED = 2
    POSTPONED = 3


class Attendance(models.IntegerChoices):
    """Where people come: schema.org's eventAttendanceMode."""

    IN_PERSON = 1
    ONLINE = 2
    BOTH = 3


class Access(models.TextChoices):
    """What makes it possible for everybody to come; each is a filter of the list."""

    STEP_FREE = "step-free"
    SIGN_LANGUAGE = "sign-language"
    SEATING = "seating"
    QUIET_SPACE = "quiet-space"
    TOILETS = "toilets"


class Duty(models.TextChoices):
    """What somebody can do at a rally besides being there."""

    MARSHAL = "marshal"
    FIRST_AID = "first-aid"
    LEGAL_OBSERVER = "legal-observer"
    INTERPRETER = "interpreter"


class HostPart(models.IntegerChoices):
    """Who somebody is to a rally: its host, of whom there is one, or one whom the host has asked to help."""

    HOST = 1
    COHOST = 2


class RsvpState(models.IntegerChoices):
    """Where an RSVP stands."""

    ASKED = 1
    COMING = 2
    WAITING = 3
    GONE = 4


class Source(models.TextChoices):
    """Who says how many came."""

    HOST = "host"
    ATTENDEE = "attendee"
    PRESS = "press"
    POLICE = "police"


class Method(models.TextChoices):
    """How a headcount came about."""

    COUNTED = "counted"
    DENSITY = "density"
    ESTIMATE = "estimate"


class ReportState(models.IntegerChoices):
    """Whether a headcount is shown, and whether its photo is."""

    WAITING = 1
    SHOWN = 2
    REFUSED = 3


class BroadcastState(models.IntegerChoices):
    """How far one message to many rallies is: DRAFT → SENDING (its banner shows) → SENT (each address has its mail)."""

    DRAFT = 1
    SENDING = 2
    SENT = 3
