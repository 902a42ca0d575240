"""The verbs of signing. Each door calls these: the lane, the desk, the command line."""

from tocsin.signing.domain.confirm import Confirmed, Outcome, confirm
from tocsin.signing.domain.count import count
from tocsin.signing.domain.disown import disown
from tocsin.signing.domain.expire import expire
from tocsin.signing.domain.forget import forget_tags
from tocsin.signing.domain.moderate import hide_line, refuse_reason, report_line, show_line, show_reason
from tocsin.signing.domain.propose_strike import agree_to_strike, drop_proposal, expire_proposals, propose_strike
from tocsin.signing.domain.refresh import refresh_country_counts, refresh_text_counts
from tocsin.signing.domain.release import release
from tocsin.signing.domain.remint import Reminted, remint
from tocsin.signing.domain.replay import Replayed, Withdrawal, replay_withdrawals
from tocsin.signing.domain.resend import resend
from tocsin.signing.domain.retain import erase_what_is_due, note_retention
from tocsin.signing.domain.show import hide_name, show_name
from tocsin.signing.domain.stop import stop_mails, stop_mails_by_link
from tocsin.signing.domain.store import is_spent, spend, store
from tocsin.signing.domain.strike import StrikeResult, strike
from tocsin.signing.domain.take import Filled, Proof, Taken, take
from tocsin.signing.domain.withdraw import withdraw
from tocsin.signing.domain.withdraw_by_receipt import ByReceipt, withdraw_by_receipt

__all__ = [
    "ByReceipt",
    "Confirmed",
    "Filled",
    "Outcome",
    "Proof",
    "Reminted",
    "Replayed",
    "StrikeResult",
    "Taken",
    "Withdrawal",
    "agree_to_strike",
    "confirm",
    "count",
    "disown",
    "drop_proposal",
    "erase_what_is_due",
    "expire",
    "expire_proposals",
    "forget_tags",
    "hide_line",
    "hide_name",
    "is_spent",
    "note_retention",
    "propose_strike",
    "refresh_country_counts",
    "refresh_text_counts",
    "refuse_reason",
    "release",
    "remint",
    "replay_withdrawals",
    "report_line",
    "resend",
    "show_line",
    "show_name",
    "show_reason",
    "spend",
    "stop_mails",
    "stop_mails_by_link",
    "store",
    "strike",
    "take",
    "withdraw",
    "withdraw_by_receipt",
]
