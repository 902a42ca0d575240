"""Why something was refused: a name, the field it is about, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(StrEnum):
    """The names of what can be wrong; the name is also the test's id."""

    ACCENT_SHAPE = "accent_shape"
    ACCOUNT_EXISTS = "account_exists"
    ALREADY_ON_TEAM = "already_on_team"
    CLOSES_IN_THE_PAST = "closes_in_the_past"
    CONTACT_SHAPE = "contact_shape"
    CONTROL_CHARACTER = "control_character"
    EMPTY = "empty"
    GOALS_SHAPE = "goals_shape"
    HASHTAG_SHAPE = "hashtag_shape"
    INVITATION_GONE = "invitation_gone"
    INVITED_JUST_NOW = "invited_just_now"
    INVITED_SOMEBODY_ELSE = "invited_somebody_else"
    LANGUAGE_REPEATED = "language_repeated"
    LANGUAGE_UNKNOWN = "language_unknown"
    LANGUAGE_UNLISTED = "language_unlisted"
    LAST_OWNER = "last_owner"
    MORE_KEYHOLDERS = "more_keyholders"
    NAME_REPEATED = "name_repeated"
    NOTHING_CHANGED = "nothing_changed"
    NOT_A_DRAFT = "not_a_draft"
    NOT_ON_TEAM = "not_on_team"
    NO_APPEAL = "no_appeal"
    NO_CONTACT = "no_contact"
    NO_DRAFT = "no_draft"
    NO_KEY_DRILL = "no_key_drill"
    NO_PRIVACY = "no_privacy"
    NOT_TOML = "not_toml"
    ONE_LINE = "one_line"
    OPENS_AFTER_CLOSING = "opens_after_closing"
    PART_REFUSED = "part_refused"
    PICTURE_MISSING = "picture_missing"
    PICTURE_TOO_BIG = "picture_too_big"
    PICTURE_UNREADABLE = "picture_unreadable"
    PROPOSAL_GONE = "proposal_gone"
    ROLE_UNKNOWN = "role_unknown"
    SHORTCODE_ID_SHAPE = "shortcode_id_shape"
    SLUG_FROZEN = "slug_frozen"
    SLUG_RESERVED = "slug_reserved"
    SLUG_SHAPE = "slug_shape"
    SLUG_TAKEN = "slug_taken"
    STRIKE_NEEDS_TWO = "strike_needs_two"
    STRIKE_OWN_PROPOSAL = "strike_own_proposal"
    STRIKE_TOO_MANY = "strike_too_many"
    TIMEZONE_UNKNOWN = "timezone_unknown"
    TOO_LONG = "too_long"
    TOO_MANY_INVITED = "too_many_invited"
    UNKNOWN_KEY = "unknown_key"
    URL_SHAPE = "url_shape"
    WRONG_CHOICE = "wrong_choice"
    WRONG_KIND = "wrong_kind"
    WRONG_PASSPHRASE = "wrong_passphrase"  # noqa: S105  a refusal's name


MENDS: dict[Refusal, str | Promise] = {
    Refusal.ACCENT_SHAPE: _("Give a colour as six hexadecimal digits behind a #, as in #9a3412."),
    Refusal.ACCOUNT_EXISTS: _("There is an account under this address: sign in, then accept the invitation."),
    Refusal.ALREADY_ON_TEAM: _("This address is on the team already."),
    Refusal.CLOSES_IN_THE_PAST: _("The closing has passed already: set a later one, or none."),
    Refusal.CONTACT_SHAPE: _("Give one e-mail address, as in office@example.org."),
    Refusal.CONTROL_CHARACTER: _("Take out the control characters."),
    Refusal.EMPTY: _("Fill this in."),
    Refusal.GOALS_SHAPE: _("Give whole numbers above nought, each higher than the one before."),
    Refusal.HASHTAG_SHAPE: _("Give words without spaces, up to 60 letters each."),
    Refusal.INVITATION_GONE: _("This invitation was used, taken back, or is older than a week: ask for a new one."),
    Refusal.INVITED_JUST_NOW: _("This address was written to a moment ago: wait ten minutes before you send it again."),
    Refusal.INVITED_SOMEBODY_ELSE: _("This invitation went to another address: sign in with that one."),
    Refusal.LANGUAGE_REPEATED: _("Name each language once."),
    Refusal.LANGUAGE_UNKNOWN: _("Give the code of a language, as in en, pt-br or ar."),
    Refusal.LANGUAGE_UNLISTED: _("Add this language to the campaign's languages, or take the text out."),
    Refusal.LAST_OWNER: _("A campaign needs an owner: make somebody else one first."),
    Refusal.MORE_KEYHOLDERS: _("This campaign has several keyholders: let each prove their passphrase at the desk."),
    Refusal.NAME_REPEATED: _("Name each organisation once."),
    Refusal.NOTHING_CHANGED: _("The draft says the same as the published text: change something first."),
    Refusal.NOT_A_DRAFT: _("Only a draft can be opened; this campaign was opened before."),
    Refusal.NOT_ON_TEAM: _("Both people must be on this campaign's team."),
    Refusal.NO_APPEAL: _("Publish the appeal first."),
    Refusal.NO_CONTACT: _("Give an e-mail address under which the people behind the campaign can be reached."),
    Refusal.NO_DRAFT: _("Write a draft first."),
    Refusal.NO_KEY_DRILL: _("Make the sealing key, and let each keyholder prove their passphrase."),
    Refusal.NO_PRIVACY: _("Publish the privacy text first."),
    Refusal.NOT_TOML: _("This is not a TOML file in UTF-8: %(limit)s"),
    Refusal.ONE_LINE: _("Keep this on one line."),
    Refusal.OPENS_AFTER_CLOSING: _("The opening must come before the closing."),
    Refusal.PART_REFUSED: "%(limit)s",  # whose own room names the mend
    Refusal.PICTURE_MISSING: _("Put the picture beside the campaign file, or take the key out."),
    Refusal.PICTURE_TOO_BIG: _("Give a picture of at most 15 MB and 50 million pixels."),
    Refusal.PICTURE_UNREADABLE: _("Give a picture as JPEG, PNG or WebP."),
    Refusal.PROPOSAL_GONE: _("This proposal is no longer there: it was decided, dropped, or is older than a week."),
    Refusal.ROLE_UNKNOWN: _("Say organiser or endorses."),
    Refusal.SHORTCODE_ID_SHAPE: _(
        "Give the number of a petition and the address of a campaign, as in 2 = clean-rivers."
    ),
    Refusal.SLUG_FROZEN: _("The address can no longer change: a published text or a key carries it."),
    Refusal.SLUG_RESERVED: _("The server needs this address itself: choose another."),
    Refusal.SLUG_SHAPE: _("Use up to 60 small letters a to z, digits and single hyphens, as in clean-rivers."),
    Refusal.SLUG_TAKEN: _("Another campaign has this address: choose another."),
    Refusal.STRIKE_NEEDS_TWO: _(
        "One person alone may strike 50 at once, and 50 counted ones a day: propose it to a second one of the team."
    ),
    Refusal.STRIKE_OWN_PROPOSAL: _("You proposed this: a second person of the team has to agree."),
    Refusal.STRIKE_TOO_MANY: _("Propose 1,000 signatures at once at most."),
    Refusal.TIMEZONE_UNKNOWN: _("Give a time zone by its name, as in Europe/Lisbon."),
    Refusal.TOO_LONG: _("Make this shorter: %(limit)s at most."),
    Refusal.TOO_MANY_INVITED: _("Many invitations wait for an answer already: take some back first."),
    Refusal.UNKNOWN_KEY: _("There is no such key; did you mean %(limit)s?"),
    Refusal.URL_SHAPE: _("Give a web address that begins with https:// or http://."),
    Refusal.WRONG_CHOICE: _("Choose one of: %(limit)s."),
    Refusal.WRONG_KIND: _("This needs %(limit)s."),
    Refusal.WRONG_PASSPHRASE: _("The passphrase does not open this campaign's key."),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that is wrong: where (as in the campaign file: "title.en"), what, and any limit."""

    field: str
    refusal: Refusal
    limit: str = ""

    @property
    def mend(self) -> str:
        """How to put it right, in the language that is active."""
        return str(MENDS[self.refusal]) % {"limit": self.limit}


class RefusedError(Exception):
    """What was asked for was not done; nothing of it was."""

    def __init__(self, refused: Iterable[Refused]) -> None:
        self.refused = tuple(refused)
        super().__init__("; ".join(f"{one.field}: {one.refusal}" for one in self.refused))

    @classmethod
    def of(cls, refusal: Refusal, field: str) -> "RefusedError":
        """Return the error for a single refusal."""
        return cls([Refused(field, refusal)])
