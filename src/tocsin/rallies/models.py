"""What is stored of rallies. Wall time and zone are the truth; what is in UTC is derived from them.

Nothing here names a host or somebody who comes: their names and addresses lie sealed under a key
of the rally's own (keys.py), which is destroyed a fortnight after its last date.
"""

from django.db import models

from tocsin.campaigns.models import Campaign, User
from tocsin.rallies.states import (
    Attendance,
    BroadcastState,
    DateState,
    HostPart,
    Method,
    ReportState,
    RsvpState,
    Source,
    State,
)


class DayOfAction(models.Model):
    """One date on which many rallies are held; those that say nothing else begin at its hour, wherever they are."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="days_of_action")
    key = models.SlugField(max_length=60)
    title = models.JSONField(default=dict, help_text="{language: text}")
    held_on = models.DateField()
    wall_time = models.TimeField(null=True, blank=True, help_text="the hour, local everywhere")

    class Meta:
        """A key names one day of a campaign."""

        constraints = (models.UniqueConstraint(fields=["campaign", "key"], name="one_day_of_action_a_key"),)


class DayMove(models.Model):
    """A day's new date or hour, on its way to the rallies that stand at the old one (domain/days_moving.py)."""

    day = models.ForeignKey(DayOfAction, on_delete=models.CASCADE, related_name="moves")
    from_on = models.DateField()
    from_time = models.TimeField(null=True)
    to_on = models.DateField()
    to_time = models.TimeField(null=True)
    said_at = models.DateTimeField()
    after_rally = models.BigIntegerField(default=0, help_text="the last rally that was looked at")
    moved = models.PositiveIntegerField(default=0, help_text="rallies that have moved, their people told")
    done_at = models.DateTimeField(null=True, help_text="when the last of them had")

    class Meta:
        """What is under way is found without looking at what is done."""

        indexes = (models.Index(fields=["day"], condition=models.Q(done_at__isnull=True), name="day_moves_under_way"),)


class Rally(models.Model):
    """A gathering, once or in a series."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="rallies")
    day_of_action = models.ForeignKey(
        DayOfAction, on_delete=models.SET_NULL, null=True, blank=True, related_name="rallies"
    )
    slug = models.SlugField(max_length=80)
    uid = models.CharField(max_length=32, unique=True, help_text="random: what calendars know it by, for ever")
    state = models.SmallIntegerField(choices=State, default=State.ASKED)
    is_main = models.BooleanField(default=False)
    title = models.JSONField(default=dict, help_text="{language: text}; empty: the campaign's title and the town")
    about = models.JSONField(default=dict, blank=True, help_text="{language: plain text}")
    held_by = models.CharField(max_length=200, blank=True, help_text="the group that holds it, for everybody to read")
    languages = models.JSONField(default=list, blank=True, help_text="language codes: what is spoken there")

    first_on = models.DateField(help_text="of the first date of the series, by the clock of the place")
    wall_time = models.TimeField(help_text="when it begins, by the clock of the place")
    minutes = models.PositiveIntegerField(default=120)
    zone = models.CharField(max_length=64, help_text="IANA's name, as in Europe/Lisbon")
    repeat = models.CharField(max_length=200, blank=True, help_text="RRULE of RFC 5545; empty: once")
    skipped = models.JSONField(default=list, blank=True, help_text="dates that the rule gives and that never were")
    until_note = models.JSONField(default=dict, blank=True, help_text="{language: text}: until when, in words")

    attendance = models.SmallIntegerField(choices=Attendance, default=Attendance.IN_PERSON)
    online_url = models.URLField(max_length=500, blank=True)
    place = models.CharField(max_length=200, blank=True, help_text="what the place is called: a square, a hall")
    address = models.CharField(max_length=300, blank=True, help_text="street and number; empty when it is private")
    is_address_private = models.BooleanField(default=False)
    sealed_place = models.BinaryField(null=True, help_text="the private address and pin, under the rally's key")
    address_hours = models.PositiveSmallIntegerField(
        default=24, help_text="how long before a date who comes gets the private address"
    )
    city = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=10, blank=True, help_text="ISO 3166-2, as in US-CT")
    country = models.CharField(max_length=2, blank=True)
    latitude = models.FloatField(null=True, help_text="degrees; of the town, when the address is private")
    longitude = models.FloatField(null=True)

    access = models.JSONField(default=list, blank=True, help_text="some of states.Access")
    duties = models.JSONField(default=dict, blank=True, help_text="{one of states.Duty: how many are needed}")
    crowd = models.PositiveIntegerField(null=True, help_text="how many are expected")
    capacity = models.PositiveIntegerField(null=True, help_text="how many fit in; none: no limit")
    chats = models.JSONField(default=list, blank=True, help_text="[{label, url}]")

    announced_at = models.DateTimeField()
    approved_on = models.DateField(null=True)
    changed_at = models.DateTimeField(help_text="LAST-MODIFIED in calendars")
    sequence = models.PositiveIntegerField(default=0, help_text="SEQUENCE in calendars: moves with every big change")
    has_big_change = models.BooleanField(
        default=False, help_text="its host changed what people read since it was approved"
    )
    note = models.CharField(max_length=1000, blank=True, help_text="what the desk wrote when it returned it")
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="merged")
    standing_on = models.DateField(null=True, help_text="when a host last said that the series goes on")
    asked_on = models.DateField(null=True, help_text="when a host was last asked whether it does")
    wrote_on = models.DateField(null=True, help_text="when a host last wrote to those who come: once a day")
    invited_on = models.DateField(null=True, help_text="when its host last asked somebody to help or to take over")
    invited_times = models.PositiveSmallIntegerField(default=0, help_text="how many on that day")
    reports = models.PositiveIntegerField(default=0, help_text="how often somebody reported it as abuse")
    source = models.CharField(max_length=600, blank=True, help_text="where it was imported from, and its UID there")

    class Meta:
        """Its address is its own within the campaign; what is shown is asked for by campaign and state."""

        constraints = (
            models.UniqueConstraint(fields=["campaign", "slug"], name="one_rally_a_slug"),
            models.UniqueConstraint(
                fields=["campaign", "source"], condition=~models.Q(source=""), name="one_rally_a_source"
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="rally_state_known"),
            models.CheckConstraint(
                condition=models.Q(is_address_private=False) | models.Q(address="", place=""),
                name="private_place_is_sealed",
            ),
        )
        indexes = (models.Index(fields=["campaign", "state"], name="rallies_by_state"),)


class Occurrence(models.Model):
    """One date of a rally: what people come to, what is cancelled or moved, and what was counted."""

    rally = models.ForeignKey(Rally, on_delete=models.CASCADE, related_name="occurrences")
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        help_text="as its rally's: repeated, so that an index finds the next dates of one campaign in order",
    )
    original_on = models.DateField(help_text="the date the series gives: with its hour, the RECURRENCE-ID")
    held_on = models.DateField(help_text="by the clock of the place")
    wall_time = models.TimeField()
    minutes = models.PositiveIntegerField()
    starts_at = models.DateTimeField(help_text="derived")
    ends_at = models.DateTimeField(help_text="derived")
    state = models.SmallIntegerField(choices=DateState, default=DateState.STANDS)
    place = models.CharField(max_length=200, blank=True, help_text="where this date is instead; empty: as the rally")
    address = models.CharField(max_length=300, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    is_off_rule = models.BooleanField(
        default=False, help_text="cancelled because the rally's rule gives it no longer: it stands again when that does"
    )
    note = models.CharField(max_length=500, blank=True, help_text="why it is cancelled, postponed or moved")
    changed_at = models.DateTimeField()
    told_on = models.DateField(null=True, help_text="when those who come were last told of a change")
    told_times = models.PositiveSmallIntegerField(default=0, help_text="how often on that day")
    coming = models.PositiveIntegerField(default=0, help_text="people, with those they bring")
    waiting = models.PositiveIntegerField(default=0)

    class Meta:
        """A date of the series has one row; the next ones are found by when they begin."""

        constraints = (
            models.UniqueConstraint(fields=["rally", "original_on"], name="one_occurrence_a_date"),
            models.CheckConstraint(condition=models.Q(ends_at__gte=models.F("starts_at")), name="ends_after_it_starts"),
        )
        indexes = (
            models.Index(fields=["starts_at"], name="occurrences_by_start"),
            models.Index(fields=["campaign", "starts_at", "id"], name="occurrences_of_a_campaign"),
            models.Index(fields=["rally", "starts_at"], name="occurrences_of_a_rally"),
        )


class Host(models.Model):
    """Somebody who holds a rally; who they are lies sealed, and their link is all they need."""

    rally = models.ForeignKey(Rally, on_delete=models.CASCADE, related_name="hosts")
    part = models.SmallIntegerField(choices=HostPart, default=HostPart.HOST)
    token_hash = models.BinaryField(max_length=32, unique=True, help_text="seal.tokens.token_hash of the link's token")
    tag = models.BinaryField(max_length=16, help_text="keys.host_tag: the same host of the same campaign")
    sealed = models.BinaryField(help_text="{name, email, language, token} as JSON, under the rally's key")
    invited_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, help_text="when the button behind the link was pressed")

    class Meta:
        """One host a rally, and nobody twice."""

        constraints = (
            models.UniqueConstraint(fields=["rally"], condition=models.Q(part=HostPart.HOST), name="one_host_a_rally"),
            models.UniqueConstraint(fields=["rally", "tag"], name="nobody_hosts_twice"),
        )


class TrustedHost(models.Model):
    """Whose rallies are approved by themselves in one campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    tag = models.BinaryField(max_length=16, help_text="as Host.tag")
    trusted_on = models.DateField()
    trusted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", help_text="who of the team said so"
    )

    class Meta:
        """Once is enough."""

        constraints = (models.UniqueConstraint(fields=["campaign", "tag"], name="one_trust_a_host"),)


class Rsvp(models.Model):
    """Somebody who says they will come to one date, with some guests."""

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="rsvps")
    token_hash = models.BinaryField(max_length=32, unique=True)
    tag = models.BinaryField(max_length=16, help_text="keys.rsvp_tag: the same mailbox at the same rally")
    state = models.SmallIntegerField(choices=RsvpState, default=RsvpState.ASKED)
    guests = models.PositiveSmallIntegerField(default=0, help_text="people they bring")
    duty = models.CharField(max_length=20, blank=True, help_text="one of states.Duty, if they offered")
    sealed = models.BinaryField(help_text="{email, name, needs, language, token} as JSON, under the rally's key")
    asked_on = models.DateField()
    place_in_line = models.BigIntegerField(null=True, help_text="given when confirmed: the smallest waits the shortest")
    reminded = models.PositiveSmallIntegerField(default=0, help_text="which of reminders.Reminder were sent, as bits")

    class Meta:
        """An address comes to a date once; who waits is found in order."""

        constraints = (
            models.UniqueConstraint(
                fields=["occurrence", "tag"],
                condition=models.Q(state__in=(RsvpState.COMING, RsvpState.WAITING)),
                name="one_rsvp_an_address",
            ),
        )
        indexes = (models.Index(fields=["occurrence", "state", "place_in_line"], name="rsvps_in_line"),)


class Headcount(models.Model):
    """What somebody says how many came to one date: a range, how it was found, and who says so."""

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="headcounts")
    state = models.SmallIntegerField(choices=ReportState, default=ReportState.WAITING)
    low = models.PositiveIntegerField()
    high = models.PositiveIntegerField()
    method = models.CharField(max_length=10, choices=Method)
    source = models.CharField(max_length=10, choices=Source)
    source_name = models.CharField(max_length=200, blank=True, help_text="which paper, which police")
    url = models.URLField(max_length=500, blank=True, help_text="where it can be read")
    photo = models.ImageField(upload_to="headcounts/", blank=True)
    photo_state = models.SmallIntegerField(
        choices=ReportState, default=ReportState.WAITING, help_text="of the photo alone: numbers may be shown before it"
    )
    photo_width = models.PositiveSmallIntegerField(default=0, help_text="pixels: the page keeps its place free")
    photo_height = models.PositiveSmallIntegerField(default=0)
    photo_caption = models.CharField(max_length=200, blank=True, help_text="what it shows, as its sender says")
    photo_credit = models.CharField(max_length=100, blank=True, help_text="who took it, as its sender says")
    refused_at = models.DateTimeField(null=True, help_text="when it or its photo was: the file goes a day later")
    note = models.CharField(max_length=500, blank=True)
    reported_on = models.DateField()

    class Meta:
        """A range runs upwards."""

        constraints = (
            models.CheckConstraint(condition=models.Q(high__gte=models.F("low")), name="headcount_runs_upwards"),
        )


class Broadcast(models.Model):
    """One message to all rallies of a day, a country or a region: a banner on their pages, and a mail to each address.

    The one that says that the campaign has reached its goal ends every rally as it goes (domain/resolve.py).
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="broadcasts")
    state = models.SmallIntegerField(choices=BroadcastState, default=BroadcastState.DRAFT)
    is_ending = models.BooleanField(default=False, help_text="ends every series of the campaign")
    day_of_action = models.ForeignKey(
        DayOfAction,
        on_delete=models.CASCADE,  # a message to one day must not become one to all of them
        null=True,
        blank=True,
    )
    country = models.CharField(max_length=2, blank=True, help_text="empty: everywhere")
    region = models.CharField(max_length=10, blank=True)
    text = models.JSONField(help_text="{language: plain text}")
    shown_until = models.DateTimeField(help_text="when its banner goes")
    sent_at = models.DateTimeField(null=True, help_text="when its banner came, and its mails began to leave")
    posted_at = models.DateTimeField(null=True, help_text="when the last of its mails was in the outbox")
    after_rally = models.BigIntegerField(default=0, help_text="the last rally whose people all have their mail")
    after_rsvp = models.BigIntegerField(default=0, help_text="of the rally behind it: the last RSVP")
    reached_rallies = models.PositiveIntegerField(default=0)
    reached_people = models.PositiveIntegerField(default=0, help_text="addresses: each gets it once")

    class Meta:
        """What is public of a campaign is asked for by state; a goal is reached once."""

        constraints = (
            models.UniqueConstraint(
                fields=["campaign"], condition=models.Q(is_ending=True), name="one_end_of_a_campaigns_rallies"
            ),
        )
        indexes = (models.Index(fields=["campaign", "state"], name="broadcasts_by_state"),)


class BroadcastAddress(models.Model):
    """The mark of an address that has its mail; gone when all have. Nothing stored here can test an address."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="addresses")
    mark = models.BinaryField(max_length=16, help_text="domain.broadcast: under a key of the server, per broadcast")

    class Meta:
        """Once, because the database says so."""

        constraints = (models.UniqueConstraint(fields=["broadcast", "mark"], name="one_broadcast_an_address"),)
