"""What can be done to the log: queue an entry, take one back, advance, check, publish, cosign, recover, succeed."""

from tocsin.tally.domain.advance import Advance, Indexed, advance
from tocsin.tally.domain.check import Standing, check
from tocsin.tally.domain.cosign import add_cosignature, note_witness_refusal
from tocsin.tally.domain.publish import Publication, publish, show
from tocsin.tally.domain.queue import Queued, Row, queue, queue_rows, refer_to, rows_to_queue, unqueue
from tocsin.tally.domain.rebuild import Rebuilt, rebuild
from tocsin.tally.domain.recover import Plugs, Recovered, recover
from tocsin.tally.domain.refuse import refuse_to_sign, sign_again
from tocsin.tally.domain.succeed import Succession, SuccessionError, succeed

__all__ = [
    "Advance",
    "Indexed",
    "Plugs",
    "Publication",
    "Queued",
    "Rebuilt",
    "Recovered",
    "Row",
    "Standing",
    "Succession",
    "SuccessionError",
    "add_cosignature",
    "advance",
    "check",
    "note_witness_refusal",
    "publish",
    "queue",
    "queue_rows",
    "rebuild",
    "recover",
    "refer_to",
    "refuse_to_sign",
    "rows_to_queue",
    "show",
    "sign_again",
    "succeed",
    "unqueue",
]
