"""A campaign's live numbers, as they fill the slots of its pages and its count.json."""

from dataclasses import dataclass

import orjson

from tocsin.campaigns.goals import current_goal
from tocsin.campaigns.models import Campaign
from tocsin.kit.numbers import shown
from tocsin.tally.queries import CountAt

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Numbers:
    """What one look at the tally said of one campaign."""

    slug: str
    state: str
    goal: int
    at: CountAt
    sealing_key: str = ""  # the fingerprint of what signatories' data is sealed to; an audit compares it with the log

    def slots(self, language: str) -> dict[str, str]:
        """Return the value of every slot that lives by the second, for pages in `language`."""
        count = self.at.number
        return {
            "count": shown(count, language),
            "count_raw": str(count),
            "goal": shown(self.goal, language),
            "goal_raw": str(self.goal),
            "percent": str(min(_WHOLE, count * _WHOLE // self.goal)),
            "signs": shown(self.at.signs, language),
            "withdrawals": shown(self.at.withdrawals, language),
            "size": shown(self.at.size, language),
        }

    def as_json(self) -> bytes:
        """Return the body of count.json."""
        return orjson.dumps(
            {
                "campaign": self.slug,
                "count": self.at.number,
                "signs": self.at.signs,
                "withdrawals": self.at.withdrawals,
                "size": self.at.size,
                "goal": self.goal,
                "state": self.state,
                "sealing_key": self.sealing_key or None,
            }
        )


def numbers_of(campaign: Campaign, at: CountAt, sealing_key: str = "") -> Numbers:
    """Return the numbers of a public campaign at one size of the log, and its sealing key's fingerprint."""
    return Numbers(campaign.slug, str(campaign.state), current_goal(campaign.goals, at.number), at, sealing_key)
