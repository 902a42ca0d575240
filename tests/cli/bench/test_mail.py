"""cli.bench.mail: what is measured is sending, so there must be letters to the end."""

import pytest

from tests.factories.outbox import post
from tocsin.cli.bench.mail import make_sure_letters_lasted
from tocsin.cli.bench.processes import BenchError
from tocsin.outbox.models import Letter


def test_letters_that_ran_out_are_no_measurement(transactional_db: None) -> None:
    post("maya@example.org")
    make_sure_letters_lasted()
    Letter.objects.all().delete()
    with pytest.raises(BenchError, match="--seconds"):
        make_sure_letters_lasted()
