"""The offline checker in a real browser: opened from a disk, without a network, with every wrong input."""

import base64
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import vectors
from tests.axe import in_both_looks, violations
from tests.tlog.logs import GOLDEN, LOG, NEXT_LOG_KEY, Log
from tocsin.seal.tokens import to_base64
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.keys import LogSigner
from tocsin.tlog.note import sign
from tocsin.tlog.proofs import prove_inclusion
from tocsin.tlog.receipt import Claim, Receipt, entry_of
from tocsin.website.verify import checker

pytestmark = pytest.mark.browser

ANA = vectors.load("entries")["signature"]
CODE = bytes.fromhex(ANA["receipt_key"])
CLAIM = Claim("demo", bytes.fromhex(ANA["text_hash"]), bytes.fromhex(ANA["pc"]))
ENTRY = entry_of(CLAIM, receipt_key=CODE, address=ANA["address"])
GOOD = {
    "receipt": GOLDEN["receipt"],
    "secret": to_base64(CODE),
    "address": ANA["address"],
    "keys": LOG.verifier.vkey,
    "text": ANA["text"],
}
_NO_ED25519 = """
const real = crypto.subtle.importKey.bind(crypto.subtle);
SubtleCrypto.prototype.importKey = (format, bytes, algorithm, ...more) =>
    algorithm.name === "Ed25519"
        ? Promise.reject(new DOMException("unknown", "NotSupportedError"))
        : real(format, bytes, algorithm, ...more);
"""


def receipt_of(log: Log, index: int, *, claim: Claim = CLAIM, origin: str = LOG.name, signer: LogSigner = LOG) -> str:
    """Return a receipt for `index`; its checkpoint says `origin`, whoever signs it."""
    note = sign(Checkpoint(origin, log.size, log.root()).text, [signer])
    return Receipt(index, tuple(prove_inclusion(index, log.size, log.node)), note, claim.to_bytes()).text


def with_ana_at(index: int, size: int) -> Log:
    return Log([*Log.of(index).entries, ENTRY, *Log.of(size - index - 1).entries])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page as somebody has saved it."""
    path = tmp_path_factory.mktemp("saved") / "tocsin-verify.html"
    path.write_text(checker(origin=LOG.name, vkeys=[LOG.verifier.vkey]).html, encoding="utf-8")
    return path


@pytest.fixture
def open_file(browser: Browser, file: Path) -> Iterator[Callable[..., Page]]:
    """Return a maker of pages that show the file with the network off; anything they ask for fails the test."""
    asked: list[str] = []
    complaints: list[str] = []
    contexts = []

    def make(language: str = "en", script: str = "", **options: Any) -> Page:
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{file.as_uri()}#{language}")
        expect(page.locator("form")).to_be_visible()
        return page

    yield make
    for context in contexts:
        context.close()
    assert {url.partition("#")[0] for url in asked} == {file.as_uri()}
    assert complaints == []


def enter(page: Page, **changed: str) -> None:
    """Type in what Ana has, but for what is `changed`, and press the button."""
    if not page.locator("details[open]").count():
        page.locator("details summary").click()
    for field, value in (GOOD | changed).items():
        page.locator(f"#{field}").fill(value)
    page.locator("button").click()
    page.locator("#verdict").wait_for()


def found(page: Page) -> dict[str, str]:
    """Return what each check came to."""
    items = page.locator("#verdict li").all()
    return {item.get_attribute("data-check") or "": item.get_attribute("data-is") or "" for item in items}


def verdict(page: Page) -> str:
    return page.locator("#verdict").get_attribute("class") or ""


def test_a_good_receipt_is_proven_and_says_what_that_means(open_file: Callable[..., Page]) -> None:
    page = open_file()
    enter(page)
    assert found(page) == {"form": "ok", "inclusion": "ok", "signature": "ok", "text": "ok"}
    expect(page.locator("#verdict h2")).to_have_text("Proven: this signature is counted")
    expect(page.locator("#verdict")).to_be_focused()
    expect(page.locator("#verdict")).to_contain_text("index 2 of the log, which had 5 entries")
    expect(page.locator("#verdict")).to_contain_text(ANA["text_hash"])
    expect(page.locator("#verdict")).to_contain_text("Whether the signature was withdrawn later")


@pytest.mark.parametrize(
    "secret",
    [
        f"https://log.example.org/c/{ANA['link_text']}",
        f"https://log.example.org/c/{ANA['link_text']}?from=mail",
        f"https://log.example.org/m/{ANA['link_text']}/stop",
        f"  {ANA['link_text']} ",
        to_base64(CODE),
    ],
)
def test_the_link_does_as_well_as_the_code(open_file: Callable[..., Page], secret: str) -> None:
    page = open_file()
    enter(page, secret=secret)
    assert verdict(page) == "proven"


def test_it_finds_each_index_in_logs_of_every_shape(open_file: Callable[..., Page]) -> None:
    page = open_file()
    for index, size in [(0, 1), (0, 2), (1, 2), (2, 3), (4, 5), (6, 7), (3, 8), (255, 256), (256, 257), (200, 601)]:
        enter(page, receipt=receipt_of(with_ana_at(index, size), index))
        assert (index, size, verdict(page)) == (index, size, "proven")


LINES = GOLDEN["receipt"].split("\n")
PROOF = LINES[3:6]
BIG = with_ana_at(200, 601)


def with_claim(claim: Claim) -> str:
    return "\n".join([LINES[0], f"extra {base64.b64encode(claim.to_bytes()).decode()}", *LINES[2:]])


WRONG: dict[str, tuple[dict[str, str], tuple[str, str]]] = {
    "another address": ({"address": "ben@example.org"}, ("inclusion", "not-this-signature")),
    "a capital letter": ({"address": "Ana@example.org"}, ("inclusion", "not-this-signature")),
    "another mail's link": ({"secret": "A" * 43}, ("inclusion", "not-this-signature")),
    "half a link": ({"secret": GOOD["secret"][:40]}, ("inclusion", "not-a-code")),
    "another campaign": (
        {"receipt": with_claim(Claim("other", CLAIM.text_hash, CLAIM.pc))},
        ("inclusion", "not-this-signature"),
    ),
    "another text in the receipt": (
        {"receipt": with_claim(Claim("demo", bytes(32), CLAIM.pc)), "text": ""},
        ("inclusion", "not-this-signature"),
    ),
    "another text beside it": ({"text": f"{ANA['text']} "}, ("text", "other-text")),
    "the index before": ({"receipt": GOLDEN["receipt"].replace("index 2", "index 1")}, ("inclusion", "other-index")),
    "the index after": (
        {"receipt": receipt_of(BIG, 200).replace("index 200", "index 201")},
        ("inclusion", "other-index"),
    ),
    "an index beyond": (
        {"receipt": GOLDEN["receipt"].replace("index 2", "index 5")},
        ("inclusion", "index-beyond-size"),
    ),
    "a cut proof": ({"receipt": GOLDEN["receipt"].replace(f"{PROOF[2]}\n", "")}, ("inclusion", "proof-too-short")),
    "a hash too many": (
        {"receipt": GOLDEN["receipt"].replace(PROOF[2], f"{PROOF[2]}\n{PROOF[2]}")},
        ("inclusion", "proof-too-long"),
    ),
    "hashes exchanged": (
        {"receipt": GOLDEN["receipt"].replace(f"{PROOF[0]}\n{PROOF[1]}", f"{PROOF[1]}\n{PROOF[0]}")},
        ("inclusion", "not-this-signature"),
    ),
    "another log's key": ({"keys": NEXT_LOG_KEY.verifier.vkey}, ("signature", "not-by-this-log")),
    "another log's receipt": (
        {"receipt": receipt_of(BIG, 200, signer=NEXT_LOG_KEY)},
        ("signature", "not-by-this-log"),
    ),
    "a log of another name": (
        {"receipt": receipt_of(BIG, 200, origin="other.example/tally")},
        ("signature", "other-origin"),
    ),
    "a checkpoint changed after signing": (
        {"receipt": receipt_of(BIG, 200).replace("\n601\n", "\n602\n")},
        ("signature", "bad-signature"),
    ),
    "no key": ({"keys": "a key"}, ("signature", "not-a-key")),
    "no receipt": ({"receipt": "I have signed."}, ("form", "malformed")),
    "a receipt without its head": ({"receipt": "\n".join(LINES[1:])}, ("form", "malformed")),
    "a second spelling": ({"receipt": GOLDEN["receipt"].replace("index 2", "index 02")}, ("form", "malformed")),
    "no checkpoint": ({"receipt": GOLDEN["receipt"].partition("\n\n")[0] + "\n\n"}, ("form", "malformed")),
    "half a checkpoint": (
        {"receipt": GOLDEN["receipt"].partition("\n\n")[0] + "\n\nlog.example.org/tally\n"},
        ("form", "malformed-checkpoint"),
    ),
}


def test_each_wrong_input_is_refused_and_says_why(open_file: Callable[..., Page]) -> None:
    page = open_file()
    for name, (changed, (check, reason)) in WRONG.items():
        enter(page, **changed)
        assert (name, verdict(page), found(page).get(check)) == (name, "refused", reason)
        words = page.locator(f"#verdict li[data-check={check}]").inner_text()
        assert "undefined" not in words
        assert len(words) > 20


def test_a_file_can_be_chosen_and_dropped(open_file: Callable[..., Page], tmp_path: Path) -> None:
    saved = tmp_path / "demo.tlog-proof"
    saved.write_text(GOLDEN["receipt"], encoding="utf-8")
    page = open_file()
    page.locator("#file").set_input_files(saved)
    expect(page.locator("#receipt")).to_have_value(GOLDEN["receipt"])
    page.locator("#receipt").fill("")
    page.evaluate(
        """words => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([words], "demo.tlog-proof"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        GOLDEN["receipt"],
    )
    expect(page.locator("#receipt")).to_have_value(GOLDEN["receipt"])


def test_what_windows_and_mail_programs_do_to_lines_does_no_harm(open_file: Callable[..., Page]) -> None:
    page = open_file()
    enter(page, receipt=GOLDEN["receipt"].rstrip("\n"), text=ANA["text"])
    assert verdict(page) == "proven"


def test_without_a_key_it_says_that_the_log_was_not_checked(open_file: Callable[..., Page]) -> None:
    page = open_file()
    enter(page, keys="", text="")
    assert found(page) == {"form": "ok", "inclusion": "ok", "signature": "", "text": ""}
    assert verdict(page) == "partly"


def test_without_ed25519_it_says_so_and_checks_the_rest(open_file: Callable[..., Page]) -> None:
    page = open_file(script=_NO_ED25519)
    expect(page.locator("#lacking")).to_contain_text("cannot check Ed25519")
    enter(page)
    assert found(page) == {"form": "ok", "inclusion": "ok", "signature": "no-ed25519", "text": "ok"}
    assert verdict(page) == "partly"
    enter(page, address="ben@example.org")
    assert verdict(page) == "refused"


def test_without_any_cryptography_it_says_so_and_offers_no_form(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined });")
    page.goto(file.as_uri())
    expect(page.locator("#lacking")).to_contain_text("no cryptography")
    expect(page.locator("form")).to_be_hidden()
    page.context.close()


def test_a_script_that_got_into_it_could_send_nothing(browser: Browser, file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        page = browser.new_page()
        page.goto(file.as_uri())
        page.evaluate(
            """address => {
            window.refused = [];
            document.addEventListener("securitypolicyviolation", event => refused.push(event.effectiveDirective));
            fetch(address).catch(() => {});
            new Image().src = address;
            const form = Object.assign(document.createElement("form"), { action: address, method: "post" });
            document.body.append(form, Object.assign(document.createElement("script"), { text: "window.ran = 1" }));
            form.submit();
        }""",
            f"http://127.0.0.1:{elsewhere.getsockname()[1]}/",
        )
        page.wait_for_function("() => refused.length === 4")
        refused = page.evaluate("() => refused.sort()")
        assert refused == ["connect-src", "form-action", "img-src", "script-src-elem"]
        assert page.evaluate("() => window.ran") is None
        page.context.close()
        assert told(elsewhere) == b""


def told(listener: socket.socket) -> bytes:
    """Return all that came; Chromium may connect ahead of what its policy then refuses, and says nothing there."""
    listener.settimeout(0)
    words = b""
    while True:
        try:
            line, _ = listener.accept()
        except BlockingIOError:
            return words
        with line, suppress(BlockingIOError):
            line.settimeout(0)
            words += line.recv(4096)


def test_it_speaks_three_languages_and_changes_while_it_stands_there(open_file: Callable[..., Page]) -> None:
    page = open_file("ar")
    enter(page)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    arabic = page.locator("#verdict h2").inner_text()
    page.locator("nav a", has_text="español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(page.locator("#verdict h2")).not_to_have_text(arabic)
    assert verdict(page) == "proven"


def test_it_can_be_used_without_a_mouse(open_file: Callable[..., Page]) -> None:
    page = open_file()
    page.locator("#receipt").focus()
    page.keyboard.insert_text(GOOD["receipt"])
    for field in ("secret", "address"):
        page.keyboard.press("Tab")
        expect(page.locator(f"#{field}")).to_be_focused()
        page.keyboard.insert_text(GOOD[field])
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_have_class("proven")


@pytest.mark.any_database
@in_both_looks
def test_axe_finds_nothing(browser: Browser, file: Path, language: str, theme: str) -> None:
    page = browser.new_context(bypass_csp=True, color_scheme=theme).new_page()  # type: ignore[arg-type]  # one of two words
    page.goto(f"{file.as_uri()}#{language}")
    flaws = violations(page)
    enter(page)
    flaws += violations(page)
    enter(page, address="ben@example.org")
    flaws += violations(page)
    page.context.close()
    assert flaws == []


def test_the_page_never_scrolls_sideways(open_file: Callable[..., Page]) -> None:
    page = open_file(viewport={"width": 320, "height": 568})
    enter(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
