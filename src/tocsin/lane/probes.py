"""Is it alive, is it ready, what has it done: for load balancers and for Prometheus."""

from http import HTTPStatus

from tocsin.kit import keyfiles
from tocsin.lane.client import Network, Networks
from tocsin.lane.http import Header, Request, Response
from tocsin.lane.pulse import Pulse
from tocsin.lane.shared_counters import SharedCounters
from tocsin.tally.queries import LogStanding
from tocsin.tally.refusals import LogRefusal

_PLAIN: list[Header] = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
_PROMETHEUS: list[Header] = [
    (b"content-type", b"text/plain; version=0.0.4; charset=utf-8"),
    (b"cache-control", b"no-store"),
]
# A proxy was here that nobody told us of: what it passes on comes from anywhere.
_PASSED_ON = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


class Probes:
    """Answers /healthz, /readyz and /metrics."""

    def __init__(
        self, pulse: Pulse, counters: SharedCounters, *, readers: tuple[Network, ...], proxies: tuple[Network, ...]
    ) -> None:
        self._pulse = pulse
        self._counters = counters
        self._readers = Networks(readers)
        self._proxies = proxies
        self.by_path = {"/healthz": self.health, "/readyz": self.readiness}

    def health(self) -> Response:
        """Say that this process answers."""
        return Response(HTTPStatus.OK, b"alive\n", list(_PLAIN))

    def readiness(self) -> Response:
        """Say whether signatures can be taken: 503 while the database does not answer.

        A server whose keys are sealed still has pages to serve and links to confirm: it says so, with 200.
        """
        if self._pulse.is_fresh and keyfiles.is_locked():
            return Response(HTTPStatus.OK, b"sealed: 'tocsin unseal' opens the keys\n", list(_PLAIN))
        if self._pulse.is_fresh:
            return Response(HTTPStatus.OK, b"ready\n", list(_PLAIN))
        return Response(HTTPStatus.SERVICE_UNAVAILABLE, b"the database does not answer\n", list(_PLAIN))

    def metrics(self, request: Request) -> Response | HTTPStatus:
        """Return what was counted, as Prometheus reads it; to everybody else the page is not there."""
        is_passed_on = not self._proxies and any(name in request.headers for name in _PASSED_ON)
        if is_passed_on or request.client not in self._readers:
            return HTTPStatus.NOT_FOUND
        return Response(HTTPStatus.OK, self._text().encode(), list(_PROMETHEUS))

    def _text(self) -> str:
        """Return the exposition format, version 0.0.4: names of what happened, and how often."""
        counted = sorted(self._counters.add_up().items())
        lines = [
            "# HELP tocsin_events_total What happened on this server since it started, by name.",
            "# TYPE tocsin_events_total counter",
            *(f'tocsin_events_total{{name="{name}"}} {value}' for name, value in counted),
            "# HELP tocsin_database_answers Whether the database answered this process within ten seconds.",
            "# TYPE tocsin_database_answers gauge",
            f"tocsin_database_answers {int(self._pulse.is_fresh)}",
            "# HELP tocsin_sealed Whether this server's keys wait for an operator to open them.",
            "# TYPE tocsin_sealed gauge",
            f"tocsin_sealed {int(keyfiles.is_locked())}",
            *_about_the_log(self._pulse.log),
        ]
        return "\n".join([*lines, ""])


def _about_the_log(log: LogStanding) -> list[str]:
    refused = [f'tocsin_log_refused{{reason="{reason}"}} {int(reason == log.refusal)}' for reason in LogRefusal]
    return [
        "# HELP tocsin_log_entries Entries of the public log that have an index, and that are published.",
        "# TYPE tocsin_log_entries gauge",
        f'tocsin_log_entries{{state="indexed"}} {log.size}',
        f'tocsin_log_entries{{state="published"}} {log.published}',
        "# HELP tocsin_log_refused Whether nothing is counted because the log must not be signed, by reason.",
        "# TYPE tocsin_log_refused gauge",
        *refused,
    ]
