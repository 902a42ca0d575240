"""Revoke a link: whoever had it can change nothing any more."""

from tocsin import db
from tocsin.rallies.models import Host
from tocsin.rallies.states import HostPart


def revoke_host(*, host: int, other: int) -> bool:
    """End the link of a co-host, asked by the rally's host or by themselves; False when there is none of theirs.

    Both are numbers of rows; `host` is whose page asks. The host's own link ends by handing over alone, so that
    no rally is nobody's.
    """
    with db.transaction():
        asking = Host.objects.filter(pk=host, confirmed_at__isnull=False).first()
        if asking is None or (asking.part != HostPart.HOST and asking.pk != other):
            return False
        rows = Host.objects.filter(pk=other, rally=asking.rally_id, part=HostPart.COHOST)
        gone, _ = rows.delete()
        return gone == 1
