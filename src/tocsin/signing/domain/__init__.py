"""The verbs of signing. Each door calls these: the lane, the desk, the command line."""

from tocsin.signing.domain.confirm import Confirmed, Outcome, confirm
from tocsin.signing.domain.count import count
from tocsin.signing.domain.disown import disown
from tocsin.signing.domain.expire import expire
from tocsin.signing.domain.forget import forget_tags
from tocsin.signing.domain.moderate import hide_line, refuse_reason, report_line, show_line, show_reason
from tocsin.signing.domain.refresh import refresh_country_counts
from tocsin.signing.domain.release import release
from tocsin.signing.domain.resend import resend
from tocsin.signing.domain.show import hide_name, show_name
from tocsin.signing.domain.stop import stop_mails
from tocsin.signing.domain.store import store
from tocsin.signing.domain.take import Filled, Proof, Taken, take
from tocsin.signing.domain.withdraw import StrikeResult, strike, withdraw

__all__ = [
    "Confirmed",
    "Filled",
    "Outcome",
    "Proof",
    "StrikeResult",
    "Taken",
    "confirm",
    "count",
    "disown",
    "expire",
    "forget_tags",
    "hide_line",
    "hide_name",
    "refresh_country_counts",
    "refuse_reason",
    "release",
    "report_line",
    "resend",
    "show_line",
    "show_name",
    "show_reason",
    "stop_mails",
    "store",
    "strike",
    "take",
    "withdraw",
]
