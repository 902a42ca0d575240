"""Refuse to sign: remember why, for metrics and for the desk, until something can be signed again."""

from tocsin.tally.models import Head
from tocsin.tally.refusals import LogRefusal


def refuse_to_sign(reason: LogRefusal) -> bool:
    """Note why nothing is signed; False when that was known already."""
    Head.objects.get_or_create(id=1)
    return bool(Head.objects.exclude(refusal=reason).update(refusal=reason))


def sign_again() -> bool:
    """Note that nothing is in the way any more; False when nothing was."""
    return bool(Head.objects.exclude(refusal="").update(refusal=""))
