// Small helps for the desk's pages, each found by a data- attribute; every page works without them.

// What needs another look is read out and seen first: what is said above the form, or the field itself far down the page.
(document.querySelector("[data-focus]") ?? document.querySelector('main [aria-invalid="true"]'))?.focus();

// The address follows the title until somebody types one.
const slugFrom = document.querySelector("[data-slug-from]");
const slug = document.querySelector("[data-slug]");
if (slugFrom && slug) {
  // As campaigns/slugs.py has them.
  const letters = { ł: "l", ø: "o", đ: "d", ð: "d", ħ: "h", ı: "i", ß: "ss", æ: "ae", œ: "oe", þ: "th" };
  let isOwn = slug.value !== "";
  slug.addEventListener("input", () => {
    isOwn = slug.value !== "";
  });
  slugFrom.addEventListener("input", () => {
    if (isOwn) return;
    slug.value = slugFrom.value
      .toLowerCase()
      .replace(/[łøđðħıßæœþ]/g, (letter) => letters[letter])
      .normalize("NFKD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 60)
      .replace(/-+$/, "");
  });
}

// "Tick all" without asking the server.
for (const link of document.querySelectorAll("[data-tick-all]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const boxes = [...link.closest("form").querySelectorAll('input[type="checkbox"]')];
    const tick = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = tick;
  });
}

// Leaving a page with unsaved words asks first.
for (const form of document.querySelectorAll("[data-leave]")) {
  let isChanged = form.querySelector('[aria-invalid="true"]') !== null;
  form.addEventListener("input", () => {
    isChanged = true;
  });
  form.addEventListener("submit", () => {
    isChanged = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
}

// How long a vault stays open, by the minute; the server counts for itself.
for (const left of document.querySelectorAll("[data-left]")) {
  const endsAt = Date.now() + Number(left.dataset.left) * 1000;
  const words = left.textContent;
  const shown = /\d+/.exec(words)?.[0];
  const timer = setInterval(() => {
    const minutes = Math.ceil((endsAt - Date.now()) / 60000);
    if (minutes <= 0) {
      clearInterval(timer);
      location.reload();
    } else if (shown) {
      left.textContent = words.replace(shown, String(minutes));
    }
  }, 15000);
}

// What is under way is asked for again, until it is done. Whoever stands on one of its buttons stays there.
const again = document.querySelector('[data-again]:not([data-again="done"])');
async function lookAgain() {
  const answer = await fetch(location.href, { cache: "no-store", redirect: "manual" });
  if (answer.type === "opaqueredirect") return location.reload(); // the vault has locked
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-again]");
  const stoodOn = again.contains(document.activeElement) ? document.activeElement.value : "";
  const isDone = !fresh || fresh.dataset.again === "done";
  if (isDone && !stoodOn) return location.reload();
  if (fresh) again.replaceChildren(...fresh.childNodes);
  if (stoodOn) again.querySelector(`[value="${CSS.escape(stoodOn)}"]`)?.focus();
  if (!isDone) setTimeout(keepLooking, 1500);
}
function keepLooking() {
  lookAgain().catch(() => setTimeout(keepLooking, 5000)); // the server is away: it may come back
}
if (again) setTimeout(keepLooking, 1500);
