// Recount a log from its files: `node recount.mjs FOLDER VKEY` (docs/spec/recount.md, tiles.md, entries.md).

import { existsSync, readFileSync } from "node:fs";
import { Refused, checkpoint, leafHash, logKey, name, nodeHash, refuse, treeHash } from "./formats.mjs";

const WIDTH = 256;

function path(level, number, width) {
  const groups = String(number).padStart(Math.ceil(String(number).length / 3) * 3, "0").match(/.../g);
  const dirs = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${dirs}${width < WIDTH ? `.p/${width}` : ""}`;
}

function fetch(folder, level, number, width) {
  const file = `${folder}/tally/${path(level, number, width)}`;
  return existsSync(file) ? readFileSync(file) : refuse("missing");
}

function bundle(data, width) {
  const entries = [];
  for (let at = 0; at < data.length; ) {
    if (at + 2 > data.length) refuse("bundle");
    const end = at + 2 + data.readUInt16BE(at);
    if (end > data.length) refuse("bundle");
    entries.push(data.subarray(at + 2, end));
    at = end;
  }
  return entries.length === width ? entries : refuse("bundle");
}

/** Every tile of hashes must be what the entries make. */
function checkTiles(folder, leaves) {
  let row = leaves;
  for (let level = 0; row.length > 0; level += 1) {
    const above = [];
    for (let number = 0; number * WIDTH < row.length; number += 1) {
      const hashes = row.slice(number * WIDTH, (number + 1) * WIDTH);
      if (!fetch(folder, level, number, hashes.length).equals(Buffer.concat(hashes))) refuse("tile");
      if (hashes.length === WIDTH) above.push(treeHash(hashes));
    }
    row = above;
  }
}

function read(entry) {
  if (entry.length < 4 || entry[0] !== 1) refuse("malformed");
  const end = 4 + entry.readUInt16BE(2);
  const rest = entry.subarray(end);
  const length = { 1: 32, 2: 9, 3: 32, 4: 32, 5: 40 }[entry[1]];
  if (entry.length < end || rest.length !== length) refuse("malformed");
  const campaign = name(entry.subarray(4, end), "malformed");
  if (entry[1] !== 2) return { kind: entry[1], campaign };
  if (rest[8] < 1 || rest[8] > 3) refuse("malformed");
  return { kind: 2, campaign, target: rest.readBigUInt64BE(0) };
}

function faultOf(index, { campaign, target }, owners, withdrawn) {
  if (target >= BigInt(owners.length)) return "withdraws-beyond-size";
  if (target >= BigInt(index)) return "withdraws-later";
  const owner = owners[Number(target)];
  if (owner === null) return "withdraws-no-signature";
  if (owner !== campaign) return "withdraws-other-campaign";
  return withdrawn.has(target) ? "withdraws-twice" : null;
}

function readOrName(entry) {
  try {
    return read(entry);
  } catch (error) {
    if (error instanceof Refused) return { kind: 0 };
    throw error;
  }
}

function recount(entries) {
  const all = entries.map(readOrName);
  const owners = all.map((one) => (one.kind === 1 ? one.campaign : null));
  const campaigns = {};
  const faults = [];
  const withdrawn = new Set();
  const of = (campaign) => (campaigns[campaign] ??= { signs: 0, withdrawals: 0 });
  all.forEach((one, index) => {
    if (one.kind === 0) faults.push([index, "malformed"]);
    const isBehind = index >= 100 || all.slice(0, index).some((before) => before.kind !== 5);
    if (one.kind === 5 && isBehind) faults.push([index, "successor-not-first"]);
    if (one.kind === 3 || one.kind === 4) of(one.campaign);
    if (one.kind === 1) of(one.campaign).signs += 1;
    if (one.kind !== 2) return;
    const fault = faultOf(index, one, owners, withdrawn);
    if (fault) {
      faults.push([index, fault]);
    } else {
      withdrawn.add(one.target);
      of(one.campaign).withdrawals += 1;
    }
  });
  for (const figures of Object.values(campaigns)) figures.count = figures.signs - figures.withdrawals;
  return { campaigns, faults };
}

/** The root from pieces, as one would add them one by one: another way than treeHash's. */
function rootOf(leaves) {
  const peaks = [];
  for (const leaf of leaves) {
    let here = { width: 1, hash: leaf };
    while (peaks.length && peaks.at(-1).width === here.width) {
      here = { width: here.width * 2, hash: nodeHash(peaks.pop().hash, here.hash) };
    }
    peaks.push(here);
  }
  return peaks.length ? peaks.reduceRight((right, peak) => ({ hash: nodeHash(peak.hash, right.hash) })).hash : treeHash([]);
}

function audit(folder, vkey) {
  const signed = checkpoint(readFileSync(`${folder}/tally/checkpoint`, "utf8"), logKey(vkey));
  const size = Number(signed.size);
  const entries = [];
  for (let number = 0; number * WIDTH < size; number += 1) {
    const width = Math.min(WIDTH, size - number * WIDTH);
    for (const entry of bundle(fetch(folder, "entries", number, width), width)) entries.push(entry);
  }
  const leaves = entries.map(leafHash);
  if (!rootOf(leaves).equals(signed.root)) refuse("root");
  checkTiles(folder, leaves);
  return { verdict: "read", size, root: signed.root.toString("hex"), ...recount(entries) };
}

try {
  console.log(JSON.stringify(audit(process.argv[2], process.argv[3])));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.log(JSON.stringify({ verdict: "refused", reason: error.reason }));
}
