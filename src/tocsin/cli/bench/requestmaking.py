"""Make the requests of many people at once, in a process for each core."""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tocsin.cli.bench.people import sign_request
from tocsin.cli.bench.proofs import ProofMaker
from tocsin.cli.bench.requestfile import write_requests

# As if so many people a second had opened the form; a proof is kept as spent until it expires.
_PROOFS_A_SECOND = 5_000


@dataclass(frozen=True, slots=True)
class SignRequests:
    """How one campaign is signed: where to, with which hidden fields, and who makes the proofs."""

    port: int
    path: str
    hidden: dict[str, str]
    proofs: ProofMaker
    proof_field: str
    valid_seconds: int

    def made(self, first: int, count: int, now: datetime) -> Iterator[bytes]:
        """Yield the requests of `count` people, from person `first` on."""
        opened = int(now.timestamp()) + self.valid_seconds
        for number in range(first, first + count):
            proof = {self.proof_field: self.proofs.solved(opened + number // _PROOFS_A_SECOND)}
            yield sign_request(self.port, self.path, number, {**self.hidden, **proof})


def make_sign_requests(requests: SignRequests, folder: Path, *, first: int, count: int, now: datetime) -> Path:
    """Write the requests of people `first` to `first + count` to a new file in `folder`; return it."""
    workers = len(os.sched_getaffinity(0))
    shares = [(first + count * part // workers, first + count * (part + 1) // workers) for part in range(workers)]
    paths = [folder / f"sign-{begin}.requests" for begin, _ in shares]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [
            pool.submit(_write, requests, path, begin, end - begin, now)
            for path, (begin, end) in zip(paths, shares, strict=True)
        ]
        for job in jobs:
            job.result()
    return _joined(paths)


def _write(requests: SignRequests, path: Path, first: int, count: int, now: datetime) -> None:
    write_requests(path, requests.made(first, count, now))


def _joined(paths: list[Path]) -> Path:
    """Append all parts to the first one, in the kernel."""
    with paths[0].open("r+b") as whole:
        whole.seek(0, os.SEEK_END)
        for path in paths[1:]:
            with path.open("rb") as part:
                while os.copy_file_range(part.fileno(), whole.fileno(), 1 << 30):
                    pass
            path.unlink()
    return paths[0]
