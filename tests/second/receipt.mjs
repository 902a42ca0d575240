// Check receipts: a JSON list of {receipt, code, address, vkey} on standard input, a list of verdicts on
// standard output, each "ok" or a name from docs/spec/receipt.md.

import { readFileSync } from "node:fs";
import { Refused, base64, checkpoint, decimal, domainHash, framed, hmac, leafHash, logKey, name, nodeHash, refuse } from "./formats.mjs";

const BAD = "malformed";

function claimOf(extra) {
  const parts = [];
  let rest = extra;
  for (let part = 0; part < 3; part += 1) {
    if (rest.length < 2 || rest.length < 2 + rest.readUInt16BE(0)) refuse(BAD);
    const end = 2 + rest.readUInt16BE(0);
    parts.push(rest.subarray(2, end));
    rest = rest.subarray(end);
  }
  const [campaign, textHash, pc] = parts;
  if (rest.length > 0 || textHash.length !== 32 || pc.length !== 32) refuse(BAD);
  name(campaign, BAD);
  return { campaign, textHash, pc };
}

/** RFC 9162, section 2.1.3.2: the verification by bits, not by descent. */
function rootFrom(leaf, index, size, proof) {
  if (index >= size) refuse("index-beyond-size");
  let fn = index;
  let sn = size - 1n;
  let root = leaf;
  for (const hash of proof) {
    if (sn === 0n) refuse("proof-too-long");
    if (fn % 2n === 1n || fn === sn) {
      root = nodeHash(hash, root);
      while (fn % 2n === 0n && fn !== 0n) {
        fn /= 2n;
        sn /= 2n;
      }
    } else {
      root = nodeHash(root, hash);
    }
    fn /= 2n;
    sn /= 2n;
  }
  return sn === 0n ? root : refuse("proof-too-short");
}

function isAt(leaf, index, size, proof, root) {
  try {
    return index >= 0n && rootFrom(leaf, index, size, proof).equals(root);
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

function check({ receipt, code, address, vkey }) {
  const split = receipt.indexOf("\n\n");
  if (split < 0) refuse(BAD);
  const [first, extra, index, ...proof] = receipt.slice(0, split).split("\n");
  if (first !== "c2sp.org/tlog-proof@v1" || !extra?.startsWith("extra ") || !index?.startsWith("index ")) refuse(BAD);
  const at = decimal(index.slice(6), BAD);
  const hashes = proof.map((line) => base64(line, BAD));
  if (hashes.length > 63 || hashes.some((hash) => hash.length !== 32)) refuse(BAD);
  const { campaign, textHash, pc } = claimOf(base64(extra.slice(6), BAD));
  const { size, root } = checkpoint(receipt.slice(split + 2), logKey(vkey));
  const bind = hmac(Buffer.from(code, "hex"), address);
  const c = domainHash("sign", campaign, textHash, pc, bind);
  const leaf = leafHash(Buffer.concat([Buffer.of(1, 1), framed(campaign), c]));
  if (isAt(leaf, at, size, hashes, root)) return "ok";
  if ([at - 1n, at + 1n].some((near) => isAt(leaf, near, size, hashes, root))) return "other-index";
  rootFrom(leaf, at, size, hashes);
  return "not-this-signature";
}

function verdict(one) {
  try {
    return check(one);
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(verdict)));
