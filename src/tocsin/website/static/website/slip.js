// Asks about a likely slip in the address (gmial.com) as soon as the field is left. The server
// asks the same question when the form arrives without having been asked here.

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

function likelyMeant(address, domains, right) {
  const [local, domain, more] = address.split("@");
  if (!local || !domain || more !== undefined) return "";
  const typed = domain.toLowerCase();
  if (domains.includes(typed) || right.includes(typed)) return "";
  const meant = domains.find((known) => isOneEdit(typed, known));
  return meant ? `${local}@${meant}` : "";
}

function watch(input) {
  const domains = input.dataset.slip.split(" ");
  const right = input.dataset.slipRight.split(" ");
  const ask = input.closest(".field").querySelector("[data-slip-ask]");
  const meant = ask.querySelector("[data-slip-meant]");
  const use = ask.querySelector("[data-slip-use]");
  const keep = ask.querySelector("[data-slip-keep]");
  use.hidden = false;

  function look() {
    const typed = input.value.trim();
    if (typed === keep.value) return;
    const suggestion = likelyMeant(typed, domains, right);
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
