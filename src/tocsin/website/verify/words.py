"""Every sentence of the offline checker, so that one file can speak each language of the program."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

# A reason's name is check.mjs's, which is docs/spec/receipt.md's.
SENTENCES: Final = {
    "title": _("Check a receipt"),
    "lead": _(
        "Does a signature count, for exactly the words that were signed? This page works it out on your device."
        " Nothing that you enter leaves it: switch the network off and see."
    ),
    "save": _("Save this page"),
    "save_words": _("and open it from your disk whenever you like: the whole checker is in this one file."),
    "no_crypto": _(
        "Your browser gives this page no cryptography, most likely because it came over an unprotected connection."
        " Save it and open it from your disk, or open it over https."
    ),
    "no_ed25519": _(
        "Your browser cannot check Ed25519 signatures yet. Everything else is checked; whether the log itself has"
        " signed the receipt you will have to check with a newer browser, or with “tocsin verify”."
    ),
    "receipt": _("Your receipt"),
    "receipt_hint": _("Choose the file, drop it anywhere on this page, or paste what is in it."),
    "receipt_file": _("The receipt's file"),
    "secret": _("The link from your mail, or your receipt code"),
    "secret_hint": _("The code proves and can do nothing else; whoever has the link can also withdraw."),
    "address": _("Your e-mail address"),
    "address_hint": _("Exactly as you typed it when you signed: capital letters count."),
    "keys": _("The log's key"),
    "keys_hint": _("The page brought this key along from its own server: compare it with what others have."),
    "text": _("The text that was signed (if you like)"),
    "text_hint": _(
        "As the campaign offers it for download beside each version of the appeal: title, an empty line, text."
    ),
    "button": _("Check"),
    "verdict_proven": _("Proven: this signature is counted"),
    "verdict_partly": _("Counted, if the log's signature is right: that was not checked"),
    "verdict_refused": _("Not proven"),
    "state_ok": _("right"),
    "state_wrong": _("wrong"),
    "state_open": _("not checked"),
    "form_ok": _("The file is a whole receipt."),
    "inclusion_ok": _("This address's signature stands at index {index} of the log, which had {size} entries then."),
    "signature_ok": _("The log whose key stands above has signed that this is so."),
    "signature_unasked": _("No key was given, so anybody might have made this log."),
    "text_ok": _("The text that you gave is the one that was signed, letter for letter."),
    "text_unasked": _("You gave no text to compare. The hash below says which one was signed."),
    "reason_malformed": _("This is no receipt, or it was changed or cut off: receipts are spelled in one way only."),
    "reason_malformed-checkpoint": _("The end of the receipt, what the log has signed, is damaged or missing."),
    "reason_not-a-code": _("This is neither a link from the mail nor a receipt code. Copy it once more, whole."),
    "reason_not-this-signature": _(
        "There is no such entry at this place. Either the address is not written exactly as it was when signing, or"
        " the link or code is from another mail, or somebody changed the receipt: its campaign, its text or its"
        " proof. Which of them, no one can tell; try the spelling of the address first."
    ),
    "reason_other-index": _("The entry is in the log, but not at the index that this receipt states."),
    "reason_index-beyond-size": _("The receipt states an index that the log had not reached."),
    "reason_proof-too-short": _("The proof was cut: there are hashes missing."),
    "reason_proof-too-long": _("There are more hashes in the proof than belong there."),
    "reason_other-text": _("The text that you gave is not the one that was signed."),
    "reason_bad-signature": _("The log's signature is wrong: what it has signed was changed afterwards."),
    "reason_not-by-this-log": _("The log whose key stands above has not signed this: it is another log's receipt."),
    "reason_other-origin": _("The key is right, but it belongs to a log of another name."),
    "reason_not-a-key": _("What you gave as the log's key is no key of a log."),
    "reason_no-ed25519": _("Your browser cannot check this kind of signature."),
    "fact_campaign": _("Campaign"),
    "fact_log": _("Log"),
    "fact_index": _("Index"),
    "fact_size": _("Entries in the log then"),
    "fact_hash": _("Hash of the text signed"),
    "shows_title": _("What this shows"),
    "shows": _(
        "That a signature made with this address and this mail is counted in this log, at this place, for the text"
        " with this hash and no other. Nobody can move it, change it or hand it to somebody else without breaking"
        " this proof."
    ),
    "hides_title": _("What it cannot show"),
    "hides": _(
        "Whether the signature was withdrawn later: a receipt knows nothing of what came after it. The link from the"
        " mail says so, and so does whoever recounts the log."
    ),
    "hides_fork": _(
        "Whether the server shows everybody the same log: for that, compare its key and its checkpoint with others,"
        " or look whether witnesses have signed it too."
    ),
    "no_script": _(
        "This page calculates with JavaScript, which is switched off. “tocsin verify” does the same without."
    ),
}  # fmt: skip


def in_every_language() -> dict[str, Mapping[str, str]]:
    """Return the sentences by language, the server's own language first."""
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != settings.LANGUAGE_CODE)
    return {code: in_language(code) for code in codes}


def in_language(code: str) -> dict[str, str]:
    """Return the sentences of one language."""
    with override(code):
        return {key: str(sentence) for key, sentence in SENTENCES.items()}
