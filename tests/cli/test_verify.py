"""`tocsin verify`: one person's receipt, and every way in which it can be wrong."""

import getpass
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests import vectors
from tests.running.log_site import LogSite, served
from tests.tlog.logs import GOLDEN, LOG, NEXT_LOG_KEY
from tocsin.cli.commands import main
from tocsin.seal.tokens import to_base64
from tocsin.tlog.receipt import Claim, Receipt

ANA = vectors.load("entries")["signature"]
ADDRESS, TEXT = ANA["address"], ANA["text"]
CODE = to_base64(bytes.fromhex(ANA["receipt_key"]))
LINK = f"https://sign.example.org/c/{to_base64(bytes(range(32)))}"
RIGHT = Receipt.from_text(GOLDEN["receipt"])
PROVEN, NOT_CHECKED, WRONG = 0, 1, 3

Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Return `tocsin verify` of a receipt; what is not said is right."""

    def run(
        *more: str, receipt: str = RIGHT.text, address: str = ADDRESS, code: str = CODE, vkey: str = LOG.verifier.vkey
    ) -> tuple[int, str]:
        file = tmp_path / "name.tlog-proof"
        file.write_bytes(receipt.encode())
        given = ["--email", address, "--code", code, "--vkey", vkey, *more]
        code_ = main(["verify", str(file), *[word for word in given if word]])
        said = capsys.readouterr()
        return code_, said.out + said.err

    return run


def test_a_right_receipt_is_proven_and_what_it_does_not_show_is_said(verify: Verify) -> None:
    code, said = verify()

    assert code == PROVEN
    assert "the signature of ana@example.org for demo is entry 2 among them" in said
    assert "PROVEN: this address signed that text, and it is counted." in said
    assert "Not shown: whether it was withdrawn later" in said


@pytest.mark.parametrize(
    "receipt, words",
    [
        (replace(RIGHT, index=3), "(other-index)"),
        (replace(RIGHT, index=1), "(other-index)"),
        (replace(RIGHT, index=4), "(proof-too-long)"),
        (replace(RIGHT, index=5), "(index-beyond-size)"),
        (replace(RIGHT, proof=RIGHT.proof[:-1]), "(proof-too-short)"),
        (replace(RIGHT, proof=(*RIGHT.proof, bytes(32))), "(proof-too-long)"),
        (
            replace(RIGHT, extra=Claim("other", RIGHT.claim.text_hash, RIGHT.claim.pc).to_bytes()),
            "(not-this-signature)",
        ),
        (replace(RIGHT, extra=Claim("demo", bytes(32), RIGHT.claim.pc).to_bytes()), "(not-this-signature)"),
        (replace(RIGHT, checkpoint=RIGHT.checkpoint.replace("\n5\n", "\n6\n")), "(bad-signature)"),
    ],
)
def test_a_wrong_receipt_is_refused_with_the_reason(verify: Verify, receipt: Receipt, words: str) -> None:
    code, said = verify(receipt=receipt.text)

    assert (code, said.startswith("NOT PROVEN: "), words in said) == (WRONG, True, True)


def test_another_address_code_campaign_text_or_key_is_refused(verify: Verify, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("We ask for dirty rivers.")

    assert "Is the address spelled as it was when signing" in verify(address="anna@example.org")[1]
    assert "(not-this-signature)" in verify(code=to_base64(bytes(32)))[1]
    assert "(other-campaign)" in verify("--campaign", "harbour")[1]
    assert "(other-text)" in verify("--text", str(other))[1]
    assert "(not-by-this-log)" in verify(vkey=NEXT_LOG_KEY.verifier.vkey)[1]
    assert "(malformed)" in verify(receipt="nothing of the kind")[1]


def test_the_text_is_compared_whatever_its_line_ends(verify: Verify, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(TEXT.encode())

    code, said = verify("--text", str(file), "--campaign", "demo")

    assert (code, "it was given to the text given" in said) == (PROVEN, True)


def test_what_was_not_given_is_asked_for_and_the_link_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "name.tlog-proof"
    file.write_text(RIGHT.text)
    monkeypatch.setattr(getpass, "getpass", lambda _: LINK)
    monkeypatch.setattr("builtins.input", lambda _: f" {ADDRESS} ")

    assert main(["verify", str(file), "--vkey", LOG.verifier.vkey]) == PROVEN
    said = capsys.readouterr()
    assert LINK not in said.out + said.err
    assert said.err == ""


def test_a_link_on_the_command_line_works_and_is_warned_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "name.tlog-proof"
    file.write_text(RIGHT.text)

    assert main(["verify", str(file), "--email", ADDRESS, "--link", LINK, "--vkey", LOG.verifier.vkey]) == PROVEN
    assert "the link is in your shell's history now" in capsys.readouterr().err


def test_a_code_that_begins_with_a_dash_is_read_as_any_other(verify: Verify) -> None:
    code, said = verify(code=f"-{CODE[1:]}")

    assert code == WRONG
    assert "(not-this-signature)" in said


def test_the_key_comes_from_the_server_or_from_the_last_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, state = tmp_path / "name.tlog-proof", ["--state", str(tmp_path / "state")]
    file.write_text(RIGHT.text)
    ask = ["verify", str(file), "--email", ADDRESS, "--code", CODE, *state]

    assert main(ask) == NOT_CHECKED
    assert "give the key of the log log.example.org/tally with --vkey" in capsys.readouterr().err
    site = LogSite(tmp_path / "site", [bytes.fromhex(one) for one in GOLDEN["entries"]])
    with served(site.folder) as url:
        assert main([*ask, "--url", url]) == PROVEN
        assert main(["audit", url, *state]) == 0
    assert main(ask) == PROVEN


@pytest.mark.parametrize(
    "wrong",
    [
        ["--code", "short"],
        ["--code", CODE[:-1] + "B"],
        ["--vkey", "nonsense"],
        ["--text", "/nowhere"],
        ["--url", "https://["],
    ],
)
def test_what_cannot_be_used_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    file = tmp_path / "name.tlog-proof"
    file.write_text(RIGHT.text)
    right = {"--email": ADDRESS, "--code": CODE, "--vkey": LOG.verifier.vkey} | {wrong[0]: wrong[1]}
    given = {name: value for name, value in right.items() if name != "--vkey" or "--url" not in right}

    assert main(["verify", str(file), *[word for pair in given.items() for word in pair]]) == NOT_CHECKED
    assert capsys.readouterr().err.startswith("tocsin: ")


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"x" * 2_000_001])
def test_a_file_that_cannot_be_a_receipt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    file = tmp_path / "name.tlog-proof"
    if content is not None:
        file.write_bytes(content)

    assert main(["verify", str(file), "--email", ADDRESS, "--code", CODE, "--vkey", LOG.verifier.vkey]) == NOT_CHECKED
    assert capsys.readouterr().err.count("\n") == 1
