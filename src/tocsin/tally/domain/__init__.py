"""What can be done to the log: queue an entry, take one back before it has an index, advance."""

from tocsin.tally.domain.advance import Advance, Indexed, advance
from tocsin.tally.domain.queue import Queued, queue, refer_to, unqueue

__all__ = ["Advance", "Indexed", "Queued", "advance", "queue", "refer_to", "unqueue"]
