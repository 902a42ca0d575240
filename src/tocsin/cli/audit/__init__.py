"""`tocsin audit`: recount a server's campaigns from outside, with nothing but its address (docs/verify/audit.md).

Exit codes: 0 everything agrees; 1 it could not be checked to the end; 3 the log, a number or a key
is wrong; 4 the log contradicts itself, and both checkpoints are shown. (2: an option is not known.)
"""

import argparse
from pathlib import Path

from tocsin.cli.commands import refuse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `tocsin audit` takes."""
    parser.add_argument("url", metavar="URL", help="the server's address, such as https://sign.example.org")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where to remember the log (~/.local/state/tocsin)")
    parser.add_argument(
        "--compare", default="", metavar="FILE_OR_URL", help="a checkpoint that somebody else was shown"
    )
    parser.add_argument(
        "--vkey", action="append", default=[], metavar="VKEY", help="the log's key, as others know it; may be repeated"
    )
    parser.add_argument(
        "--witness", action="append", default=[], metavar="VKEY", help="a witness's key, to show its cosignature"
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="SLUG=FINGERPRINT_OR_FILE",
        help="a campaign's sealing key as its organisers know it; alarms when the log or the server names another",
    )
    parser.add_argument("--json", action="store_true", help="write the report as JSON")


def run(options: argparse.Namespace) -> int:
    """Audit and report; the exit code says how it ended."""
    # Imported only now: the audit's own processes come through here too.
    from tocsin.cli.audit.audit import Audit
    from tocsin.cli.audit.findings import AuditError, Outcome
    from tocsin.cli.audit.keeping import default_folder
    from tocsin.cli.audit.keychecks import parse_known_key
    from tocsin.tlog.keys import KeyTextError, parse_log_vkey, parse_witness_vkey

    try:
        known = [parse_known_key(text) for text in options.key]
        keys = [parse_log_vkey(text) for text in options.vkey]
        witnesses = [parse_witness_vkey(text) for text in options.witness]
        audit = Audit(options.url, state=options.state or default_folder(), keys=keys, witnesses=witnesses)
    except (AuditError, KeyTextError) as error:
        refuse(error.words if isinstance(error, AuditError) else str(error))
        return Outcome.NOT_CHECKED
    report = audit.run(compare=options.compare, known_keys=known)
    print(report.as_json() if options.json else report.as_text())
    return report.outcome
