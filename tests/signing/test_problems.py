"""What is said about a problem is said in the language of the page, numbers and all."""

import pytest
from django.utils.translation import override

from tocsin.signing.forms import REASON_LIMIT, Problem
from tocsin.signing.problems import WORDS


@pytest.mark.parametrize("problem", Problem)
def test_each_problem_has_words_in_each_language(problem: Problem) -> None:
    said = set()
    for language in ("en", "es", "ar"):
        with override(language):
            said.add(str(WORDS[problem]))

    assert len(said) == 3


def test_a_limit_is_named() -> None:
    with override("es"):
        assert str(WORDS[Problem.REASON_TOO_LONG]) == f"Acorta tu motivo a {REASON_LIMIT} caracteres."
