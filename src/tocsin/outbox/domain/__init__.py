"""The verbs of the outbox."""

from tocsin.outbox.domain.post import post

__all__ = ["post"]
