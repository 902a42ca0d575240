"""Checkpoints: three lines, spelled one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog.logs import GOLDEN, ORIGIN
from tocsin.tlog.checkpoint import Checkpoint, CheckpointTextError

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
# The example of c2sp.org/tlog-checkpoint.
EXAMPLE = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"


def test_the_specification_s_example_is_read() -> None:
    read = Checkpoint.from_text(EXAMPLE)

    assert (read.origin, read.size, read.root.hex()[:8]) == ("example.com/behind-the-sofa", 20_852_163, "0ac5186a")
    assert read.text == EXAMPLE


def test_the_golden_checkpoint_comes_out() -> None:
    text = GOLDEN["checkpoint"].partition("\n\n")[0] + "\n"

    assert Checkpoint(ORIGIN, 5, bytes.fromhex(GOLDEN["root"])).text == text


def test_lines_that_other_logs_add_are_kept() -> None:
    read = Checkpoint.from_text(EXAMPLE + "more\nand more\n")

    assert read.extensions == ("more", "and more")
    assert read.text == EXAMPLE + "more\nand more\n"


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_written_is_read_back(origin: str, size: int, root: bytes) -> None:
    made = Checkpoint(origin, size, root)

    assert Checkpoint.from_text(made.text) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        EXAMPLE + "more",
        "example.com\n5\n",
        "\n" + EXAMPLE,
        EXAMPLE.replace("20852163", "020852163"),
        EXAMPLE.replace("20852163", "-1"),
        EXAMPLE.replace("20852163", " 20852163"),
        EXAMPLE.replace("20852163", str(2**63)),
        EXAMPLE.replace("20852163", ""),
        EXAMPLE.replace("2I=", "2J="),
        EXAMPLE.replace("2I=\n", "2I= \n"),
        EXAMPLE.replace("q2I=", "q2Iq"),
        EXAMPLE.replace(ROOT, "AAAA"),
        EXAMPLE.replace("\n", "\r\n"),
        "\udc80" + EXAMPLE,
        EXAMPLE + "\nlate\n",
        f"example.com\n{ROOT}\n",
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(CheckpointTextError):
        Checkpoint.from_text(text)


@pytest.mark.parametrize(
    "made",
    [
        Checkpoint("", 0, bytes(32)),
        Checkpoint("two\nlines", 0, bytes(32)),
        Checkpoint("a", -1, bytes(32)),
        Checkpoint("a", 0, bytes(31)),
        Checkpoint("a", 0, bytes(32), ("",)),
    ],
)
def test_what_could_not_be_read_back_is_not_written(made: Checkpoint) -> None:
    with pytest.raises(CheckpointTextError):
        _ = made.text
