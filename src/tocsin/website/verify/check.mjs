// Checks a receipt: pure, without a page, a network or any code but the browser's own cryptography.
//
// The formats and the names of what can be wrong are those of docs/spec/receipt.md. Runs in browsers
// and in Node; every function takes and gives strings, bytes and BigInts.

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const MOST_CHARS = 2_000_000;
const MOST_HASHES = 63;
const MOST_SIGNATURES = 100;
const HASH_BYTES = 32;
const KEY_ID_BYTES = 4;
const ED25519 = 0x01;
const BEYOND = 1n << 63n;
const LABEL = "tocsin/v1/";

const utf8 = new TextEncoder();

/** Something is not as it should be; `reason` is one of the names in docs/spec/receipt.md. */
export class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

// ---- bytes and their spellings ----

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const isSame = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Bytes as lower-case hexadecimal. */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Bytes as base64 (RFC 4648, section 4). */
export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** The bytes of base64 in its one spelling; another spelling of the same bytes is refused. */
export function fromBase64(text, reason = "malformed") {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    throw new Refused(reason);
  }
  if (toBase64(bytes) !== text) throw new Refused(reason);
  return bytes;
}

function fromDecimal(text, reason) {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text)) throw new Refused(reason);
  const number = BigInt(text);
  if (number >= BEYOND) throw new Refused(reason);
  return number;
}

function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("malformed");
  }
}

// ---- hashes (docs/spec/entries.md, RFC 6962 section 2.1) ----

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

async function mac(key, message) {
  const usable = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", usable, message));
}

function lp(...parts) {
  return joined(...parts.flatMap((part) => [Uint8Array.of(part.length >> 8, part.length & 255), part]));
}

const dh = (domain, ...parts) => sha256(lp(utf8.encode(LABEL + domain), ...parts));

/** The key that the token of a mail yields for checking its receipt: sub(T, "receipt"). */
export const receiptKey = (token) => mac(token, utf8.encode(`${LABEL}receipt`));

/** The hash of an appeal's text, 32 bytes: title, an empty line, the source; NFC, LF line ends. */
export async function textHash(text) {
  const bytes = utf8.encode(text.replace(/\r\n?/g, "\n").normalize("NFC"));
  if (bytes.length > 65_535) throw new Refused("other-text");
  return dh("text", bytes);
}

async function leafOf({ campaign, textHash: signedText, pc }, key, address) {
  const bind = await mac(key, utf8.encode(address));
  const name = utf8.encode(campaign);
  const commitment = await dh("sign", name, signedText, pc, bind);
  return sha256(Uint8Array.of(0), Uint8Array.of(1, 1), lp(name), commitment);
}

// ---- reading ----

/** What a receipt's `extra` says was signed: campaign, text hash, pc. */
function readClaim(extra) {
  const parts = [];
  let at = 0;
  for (let part = 0; part < 3; part += 1) {
    if (at + 2 > extra.length) throw new Refused("malformed");
    const end = at + 2 + (extra[at] << 8) + extra[at + 1];
    if (end > extra.length) throw new Refused("malformed");
    parts.push(extra.slice(at + 2, end));
    at = end;
  }
  const [name, signedText, pc] = parts;
  if (at !== extra.length || signedText.length !== HASH_BYTES || pc.length !== HASH_BYTES) throw new Refused("malformed");
  const campaign = fromUtf8(name);
  // As entries.py has it: something, all of it visible, no spaces.
  if (!/^[^\p{C}\p{Z}]+$/u.test(campaign)) throw new Refused("malformed");
  return { campaign, textHash: signedText, pc };
}

/** A receipt's parts, nothing believed yet; refuses all but the one spelling. */
export function readReceipt(text) {
  if (text.length > MOST_CHARS) throw new Refused("malformed");
  const end = text.indexOf("\n\n");
  if (end < 0) throw new Refused("malformed");
  const [first, extra = "", index = "", ...proof] = text.slice(0, end).split("\n");
  const isShaped = first === FIRST_LINE && extra.startsWith("extra ") && index.startsWith("index ");
  if (!isShaped || proof.length > MOST_HASHES) throw new Refused("malformed");
  const hashes = proof.map((line) => fromBase64(line));
  if (hashes.some((one) => one.length !== HASH_BYTES)) throw new Refused("malformed");
  return {
    index: fromDecimal(index.slice(6), "malformed"),
    proof: hashes,
    claim: readClaim(fromBase64(extra.slice(6))),
    checkpoint: readCheckpoint(text.slice(end + 2)),
  };
}

/** A signed checkpoint's parts (c2sp.org/tlog-checkpoint, c2sp.org/signed-note), nothing believed yet. */
export function readCheckpoint(note) {
  const wrong = "malformed-checkpoint";
  const end = note.lastIndexOf("\n\n");
  const isText = note.endsWith("\n") && !/[\u0000-\u0009\u000b-\u001f]/.test(note) && fromUtf8(utf8.encode(note)) === note;
  if (end < 0 || !isText) throw new Refused(wrong);
  const text = note.slice(0, end + 1);
  const lines = text.slice(0, -1).split("\n");
  const signatureLines = note.slice(end + 2, -1).split("\n");
  if (lines.length < 3 || lines.includes("") || signatureLines.length > MOST_SIGNATURES) throw new Refused(wrong);
  const root = fromBase64(lines[2], wrong);
  if (root.length !== HASH_BYTES) throw new Refused(wrong);
  const signatures = signatureLines.map((line) => {
    const found = /^— ([^\s+]+) (\S+)$/u.exec(line);
    const raw = found ? fromBase64(found[2], wrong) : [];
    if (raw.length <= KEY_ID_BYTES) throw new Refused(wrong);
    return { name: found[1], keyId: hex(raw.slice(0, KEY_ID_BYTES)), value: raw.slice(KEY_ID_BYTES) };
  });
  return { text, origin: lines[0], size: fromDecimal(lines[1], wrong), root, signatures };
}

/** The keys of a log, as it shows them: one vkey a line. */
export async function readLogKeys(text) {
  return Promise.all(text.split(/\s+/u).filter(Boolean).map(readLogKey));
}

async function readLogKey(text) {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text);
  const raw = found ? fromBase64(found[3], "not-a-key") : [];
  if (raw.length !== 1 + HASH_BYTES || raw[0] !== ED25519) throw new Refused("not-a-key");
  const identity = await sha256(utf8.encode(`${found[1]}\n`), raw);
  if (hex(identity.slice(0, KEY_ID_BYTES)) !== found[2]) throw new Refused("not-a-key");
  return { name: found[1], keyId: found[2], publicKey: raw.slice(1) };
}

/** The keys that a mail's link or a receipt code may stand for: one of them is right, if any is. */
export async function readSecret(text) {
  const [, door, written] = /(?:^|\/)(?:([cm])\/)?([A-Za-z0-9_-]{43})(?:[/?#].*)?$/u.exec(text.trim()) ?? [];
  if (!written) throw new Refused("not-a-code");
  const secret = fromBase64(`${written.replaceAll("-", "+").replaceAll("_", "/")}=`, "not-a-code");
  return door ? [await receiptKey(secret)] : [secret, await receiptKey(secret)];
}

// ---- checking ----

/** Refuses a checkpoint that none of the log's keys signed; "no-ed25519" where the browser cannot tell. */
export async function checkSignature(checkpoint, keys) {
  let isSigned = false;
  for (const { name, keyId, value } of checkpoint.signatures) {
    const key = keys.find((one) => one.name === name && one.keyId === keyId);
    if (!key) continue;
    if (!(await isBy(key, value, checkpoint.text))) throw new Refused("bad-signature");
    if (key.name !== checkpoint.origin) throw new Refused("other-origin");
    isSigned = true;
  }
  if (!isSigned) throw new Refused("not-by-this-log");
}

async function isBy({ publicKey }, signature, text) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, utf8.encode(text));
  } catch (error) {
    if (error.name === "NotSupportedError") throw new Refused("no-ed25519");
    // Bytes that are no point of the curve.
    return false;
  }
}

/** Which side each hash of an inclusion proof stands on, from the leaf up (RFC 6962, section 2.1.1). */
function wayUp(index, size) {
  const way = [];
  let begin = 0n;
  let end = size;
  while (end - begin > 1n) {
    const split = begin + (1n << BigInt((end - begin - 1n).toString(2).length - 1));
    way.push(index >= split ? "left" : "right");
    if (index < split) end = split;
    else begin = split;
  }
  return way.reverse();
}

/** Why `leaf` is not at `index` under the root, or null when it is. */
async function inclusionFlaw(leaf, index, { proof, checkpoint }) {
  if (index < 0n || index >= checkpoint.size) return "index-beyond-size";
  const way = wayUp(index, checkpoint.size);
  if (proof.length !== way.length) return proof.length < way.length ? "proof-too-short" : "proof-too-long";
  let there = leaf;
  for (const [at, side] of way.entries()) {
    const pair = side === "left" ? [proof[at], there] : [there, proof[at]];
    there = await sha256(Uint8Array.of(1), ...pair);
  }
  return isSame(there, checkpoint.root) ? null : "not-this-signature";
}

/** Refuses a receipt that does not show the signature of `address`, made with one of `secrets`, at its index. */
export async function checkInclusion(receipt, secrets, address) {
  let flaw = null;
  for (const secret of secrets) {
    const leaf = await leafOf(receipt.claim, secret, address);
    flaw = await inclusionFlaw(leaf, receipt.index, receipt);
    if (flaw === null) return;
    for (const near of [receipt.index - 1n, receipt.index + 1n]) {
      if ((await inclusionFlaw(leaf, near, receipt)) === null) throw new Refused("other-index");
    }
  }
  throw new Refused(flaw);
}

async function outcome(check) {
  try {
    await check();
    return "ok";
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

/**
 * Check a whole receipt. `receipt`, `secret` (link or code), `address`, `keys` (vkeys) and `text` are as
 * people paste them; without `keys` or `text` those two checks are not made. `campaign`, if given, must be the one.
 *
 * Returns `{receipt, form, campaign, text, inclusion, signature}`: each check is "ok", null when it was not
 * made, or the name of what is wrong. `receipt` is null when it could not be read.
 */
export async function check({ receipt: file, secret, address, keys = "", text = "", campaign = "" }) {
  let receipt = null;
  const form = await outcome(async () => {
    receipt = readReceipt(file);
  });
  if (receipt === null) return { receipt, form, campaign: null, text: null, inclusion: null, signature: null };
  return {
    receipt,
    form,
    campaign: campaign ? (receipt.claim.campaign === campaign ? "ok" : "other-campaign") : null,
    text: text
      ? await outcome(async () => {
          if (!isSame(await textHash(text), receipt.claim.textHash)) throw new Refused("other-text");
        })
      : null,
    inclusion: await outcome(async () => checkInclusion(receipt, await readSecret(secret), address.trim())),
    signature: keys.trim()
      ? await outcome(async () => checkSignature(receipt.checkpoint, await readLogKeys(keys)))
      : null,
  };
}

/** Say whether every check that was made is fine, and the signature among them. */
export function isProven(result) {
  const made = [result.form, result.campaign, result.text, result.inclusion, result.signature];
  return made.every((one) => one === null || one === "ok") && result.inclusion === "ok" && result.signature === "ok";
}
