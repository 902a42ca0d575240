"""Hand out a challenge: GET /{campaign}/challenge, asked for when somebody begins to fill in the form."""

from http import HTTPStatus

import orjson

from tocsin.lane import counters
from tocsin.lane.engine import Engine, clock
from tocsin.lane.http import Response
from tocsin.lane.proof import mint


def challenge(engine: Engine, slug: str) -> Response | HTTPStatus:
    """Return a fresh challenge as altcha's widget reads it; nothing is stored."""
    now = clock()
    door = engine.doors.find(slug)
    if door is None or not door.takes_at(now):
        return HTTPStatus.NOT_FOUND
    counters.bump("challenge")
    body = orjson.dumps(mint(engine.proof_keys, slug, now).to_dict())
    return Response(HTTPStatus.OK, body, [(b"content-type", b"application/json"), (b"cache-control", b"no-store")])
