// Asks about a likely slip in the address (gmial.com) as soon as the field is left. The server
// asks the same question, by the same rules, when the form arrives without having been asked here.

function isOneEdit(typed, meant) {
  if (typed === meant || Math.abs(typed.length - meant.length) > 1) return false;
  let start = 0;
  while (start < Math.min(typed.length, meant.length) && typed[start] === meant[start]) start += 1;
  const [a, b] = [typed.slice(start), meant.slice(start)];
  if (typed.length === meant.length) {
    return a.slice(1) === b.slice(1) || (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2));
  }
  return typed.length > meant.length ? a.slice(1) === b : a === b.slice(1);
}

// Only the ending differs, and might be meant: yahoo.be is no slip of yahoo.de.
function isOtherCountry(typed, known, endings) {
  const [dot, knownDot] = [typed.indexOf("."), known.indexOf(".")];
  if (typed.slice(0, dot) !== known.slice(0, knownDot)) return false;
  return known.slice(knownDot + 1) !== "com" && !endings.has(typed.slice(dot + 1));
}

function meantDomain(typed, { often, right, endings }) {
  if (often.includes(typed) || right.includes(typed)) return "";
  const meant = often.find((known) => isOneEdit(typed, known) && !isOtherCountry(typed, known, endings));
  if (meant) return meant;
  const dot = typed.lastIndexOf(".");
  const ending = endings.get(typed.slice(dot + 1));
  if (dot < 1 || !ending) return "";
  const mended = `${typed.slice(0, dot)}.${ending}`;
  return meantDomain(mended, { often, right, endings }) || mended;
}

function likelyMeant(address, known) {
  // Full-width letters come from an input method left on; nobody's mailbox is named so.
  const narrow = address.normalize("NFKC").replaceAll("\u3002", ".");
  const [local, domain, more] = narrow.split("@");
  if (!local || !domain || more !== undefined) return "";
  const isAscii = (text) => /^[\x21-\x7e]+$/.test(text);
  const meant = isAscii(domain) ? meantDomain(domain.toLowerCase(), known) : "";
  if (meant) return `${local}@${meant}`;
  return narrow !== address && isAscii(narrow) ? narrow : "";
}

function watch(input) {
  const known = {
    often: input.dataset.slip.split(" "),
    right: input.dataset.slipRight.split(" "),
    endings: new Map(input.dataset.slipEndings.split(" ").map((pair) => pair.split(":"))),
  };
  const ask = input.closest(".field").querySelector("[data-slip-ask]");
  const meant = ask.querySelector("[data-slip-meant]");
  const use = ask.querySelector("[data-slip-use]");
  const keep = ask.querySelector("[data-slip-keep]");
  use.hidden = false;

  function look() {
    const typed = input.value.trim();
    if (typed === keep.value) return;
    const suggestion = likelyMeant(typed, known);
    meant.textContent = suggestion;
    keep.checked = false;
    keep.value = typed;
    ask.hidden = suggestion === "";
  }

  input.addEventListener("change", look);
  input.addEventListener("blur", look);
  use.addEventListener("click", () => {
    input.value = meant.textContent;
    look();
    input.focus();
  });
}

for (const input of document.querySelectorAll("[data-slip]")) watch(input);
document.querySelector("[data-summary]")?.focus();
