// The page around check.mjs: takes a receipt in, says what came of it, in the reader's language.
// `WORDS` (sentences by language) stands before this in the page; see verify/__init__.py.

import { check, hex, isProven } from "./check.mjs";

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur", "ckb"]);
const LARGEST_FILE = 2_000_000;
const form = document.querySelector("form");
const receipt = document.querySelector("#receipt");
const verdict = document.querySelector("#verdict");
let language = document.documentElement.lang;
// The result on the page, to say it again in another language.
let shown = null;

// ---- words ----

function say(key, values = {}) {
  return WORDS[language][key].replaceAll(/\{(\w+)\}/g, (_, name) => values[name]);
}

function speak() {
  const wanted = location.hash.slice(1);
  if (wanted in WORDS) language = wanted;
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
  document.title = say("title");
  for (const place of document.querySelectorAll("[data-words]")) place.textContent = say(place.dataset.words);
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${language}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (shown) show(shown, false);
}

// ---- what came of it ----

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function sentences({ form: shape, campaign, text, inclusion, signature }, values) {
  const told = [["form", shape]];
  if (shape !== "ok") return told.map(([name, is]) => [name, is, say(`reason_${is}`)]);
  told.push(["inclusion", inclusion], ["signature", signature], ["text", text]);
  if (campaign !== null) told.push(["campaign", campaign]);
  return told.map(([name, is]) => {
    if (is === null) return [name, is, say(`${name}_unasked`)];
    return [name, is, is === "ok" ? say(`${name}_ok`, values) : say(`reason_${is}`)];
  });
}

function summary(result) {
  if (isProven(result)) return "proven";
  const isOpen = [null, "no-ed25519"].includes(result.signature);
  return isOpen && isProven({ ...result, signature: "ok" }) ? "partly" : "refused";
}

function facts({ receipt: read }) {
  const list = document.createElement("dl");
  const rows = {
    campaign: read.claim.campaign,
    log: read.checkpoint.origin,
    index: String(read.index),
    size: String(read.checkpoint.size),
    hash: hex(read.claim.textHash),
  };
  for (const [name, value] of Object.entries(rows)) {
    const cell = element("dd", "");
    const words = element("bdi", value);
    words.dir = "ltr";
    cell.append(words);
    list.append(element("dt", say(`fact_${name}`)), cell);
  }
  return list;
}

function show(result, isNew = true) {
  shown = result;
  const kind = summary(result);
  const values = result.receipt ? { index: String(result.receipt.index), size: String(result.receipt.checkpoint.size) } : {};
  const list = document.createElement("ul");
  list.className = "checks";
  for (const [name, is, words] of sentences(result, values)) {
    const state = is === "ok" ? "ok" : is === null || is === "no-ed25519" ? "open" : "wrong";
    const item = element("li", "", state);
    item.dataset.check = name;
    item.dataset.is = is ?? "";
    item.append(element("span", say(`state_${state}`), "state"), element("span", words));
    list.append(item);
  }
  verdict.replaceChildren(element("h2", say(`verdict_${kind}`)), list);
  if (result.receipt && kind !== "refused") {
    verdict.append(facts(result), element("h3", say("shows_title")), element("p", say("shows")));
    verdict.append(element("h3", say("hides_title")), element("p", say("hides")), element("p", say("hides_fork")));
  }
  verdict.className = kind;
  verdict.hidden = false;
  if (isNew) verdict.focus();
}

// ---- taking in ----

async function take(file) {
  if (!file) return;
  receipt.value = file.size > LARGEST_FILE ? "" : await file.text();
  receipt.dispatchEvent(new Event("input", { bubbles: true }));
}

function value(id) {
  return document.querySelector(`#${id}`).value;
}

/** What the browser cannot do, as a key of WORDS, or null: both are told before anybody types. */
async function missing() {
  if (!globalThis.crypto?.subtle) return "no_crypto";
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return "no_ed25519";
  }
  return null;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const asked = { secret: value("secret"), address: value("address"), keys: value("keys"), text: value("text") };
  // A mail program or an editor may have changed how lines end, or eaten the last line's end.
  const file = `${receipt.value.replaceAll("\r\n", "\n").trimEnd()}\n`;
  show(await check({ ...asked, receipt: file }));
});
form.addEventListener("input", () => {
  verdict.hidden = true;
  shown = null;
});
document.querySelector("#file").addEventListener("change", (event) => take(event.target.files[0]));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer.files[0]);
});
addEventListener("hashchange", speak);

const lacking = await missing();
if (lacking) {
  const notice = document.querySelector("#lacking");
  notice.dataset.words = lacking;
  notice.hidden = false;
}
document.querySelector("#save").hidden = location.protocol === "file:";
const spoken = navigator.languages.map((code) => code.split("-")[0]).find((code) => code in WORDS);
if (spoken) language = spoken;
speak();
form.hidden = lacking === "no_crypto";
