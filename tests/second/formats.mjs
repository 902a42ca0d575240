// The formats of docs/spec/ and C2SP, read once more by somebody else: nothing here comes from src/.

import { createHash, createHmac, createPublicKey, verify } from "node:crypto";

export class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export const refuse = (reason) => {
  throw new Refused(reason);
};

// --- hashes: RFC 6962 section 2.1, docs/spec/entries.md ---

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
export const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
export const leafHash = (entry) => sha256(LEAF, entry);
export const nodeHash = (left, right) => sha256(NODE, left, right);
export const hmac = (key, message) => createHmac("sha256", key).update(message).digest();

/** The tree's root, by the recursive definition: split at the largest power of two below the size. */
export function treeHash(hashes, begin = 0, end = hashes.length) {
  if (end === begin) return sha256();
  if (end - begin === 1) return hashes[begin];
  let width = 1;
  while (width * 2 < end - begin) width *= 2;
  return nodeHash(treeHash(hashes, begin, begin + width), treeHash(hashes, begin + width, end));
}

export function framed(...parts) {
  return Buffer.concat(parts.flatMap((part) => [Buffer.of(part.length >> 8, part.length & 255), part]));
}

export const domainHash = (domain, ...parts) => sha256(framed(Buffer.from(`tocsin/v1/${domain}`), ...parts));

// --- spellings ---

export function base64(text, reason) {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : refuse(reason);
}

export function decimal(text, reason) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) >= 2n ** 63n) refuse(reason);
  return BigInt(text);
}

export function name(bytes, reason) {
  const text = bytes.toString("utf8");
  if (!Buffer.from(text).equals(bytes) || !/^[^\p{C}\p{Z}]+$/u.test(text)) refuse(reason);
  return text;
}

// --- keys, notes, checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint ---

/** A log's key from its vkey. */
export function logKey(vkey) {
  const [keyName, id, ...rest] = vkey.split("+");
  const raw = base64(rest.join("+"), "key");
  const stated = Buffer.from(id, "hex");
  if (raw[0] !== 1 || raw.length !== 33 || !sha256(`${keyName}\n`, raw).subarray(0, 4).equals(stated)) refuse("key");
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw.subarray(1)]);
  return { name: keyName, id, key: createPublicKey({ key: spki, format: "der", type: "spki" }) };
}

/** A checkpoint, believed because `key` has signed it. */
export function checkpoint(note, key) {
  const bad = "malformed-checkpoint";
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n") || /[\0-\x09\x0b-\x1f]/.test(note)) refuse(bad);
  const text = note.slice(0, split + 1);
  const lines = text.slice(0, -1).split("\n");
  if (lines.length < 3 || lines.some((line) => line === "")) refuse(bad);
  const size = decimal(lines[1], bad);
  const root = base64(lines[2], bad);
  if (root.length !== 32) refuse(bad);
  let isSigned = false;
  for (const line of note.slice(split + 2, -1).split("\n")) {
    const [, signer, value] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? refuse(bad);
    const raw = base64(value, bad);
    if (raw.length < 5) refuse(bad);
    if (signer !== key.name || raw.subarray(0, 4).toString("hex") !== key.id) continue;
    if (!verify(null, Buffer.from(text), key.key, raw.subarray(4))) refuse("bad-signature");
    isSigned = true;
  }
  if (!isSigned) refuse("not-by-this-log");
  if (lines[0] !== key.name) refuse("other-origin");
  return { size, root };
}
