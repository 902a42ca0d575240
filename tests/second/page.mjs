// Have the offline page's own module check receipts: standard input and output as in receipt.mjs.

import { readFileSync } from "node:fs";

const { check, isProven } = await import(process.argv[2]);
const verdicts = [];
for (const { receipt, code, address, vkey } of JSON.parse(readFileSync(0, "utf8"))) {
  const secret = Buffer.from(code, "hex").toString("base64url");
  const found = await check({ receipt, secret, address, keys: vkey });
  const flaws = [found.form, found.signature, found.inclusion].filter((one) => one !== null && one !== "ok");
  verdicts.push(isProven(found) ? "ok" : flaws[0]);
}
console.log(JSON.stringify(verdicts));
