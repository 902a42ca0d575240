"""The states of a campaign, and the arrows between them."""

from django.db import models


class State(models.TextChoices):
    """DRAFT → OPEN → CLOSED; a closed campaign does not open again (its pepper is gone)."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


ARROWS = {State.DRAFT: {State.OPEN}, State.OPEN: {State.CLOSED}, State.CLOSED: set[State]()}


# How long the link of an invitation to a team works.
INVITATION_DAYS = 7


class Role(models.TextChoices):
    """What a member of a campaign's team may do."""

    OWNER = "owner"
    EDITOR = "editor"
