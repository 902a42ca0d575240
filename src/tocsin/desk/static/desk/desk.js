// Small helps for the desk's pages, each found by a data- attribute; every page works without them.

// What needs another look is read out and seen first.
document.querySelector("[data-focus]")?.focus();

// The address follows the title until somebody types one.
const slugFrom = document.querySelector("[data-slug-from]");
const slug = document.querySelector("[data-slug]");
if (slugFrom && slug) {
  let isOwn = slug.value !== "";
  slug.addEventListener("input", () => {
    isOwn = slug.value !== "";
  });
  slugFrom.addEventListener("input", () => {
    if (isOwn) return;
    slug.value = slugFrom.value
      .normalize("NFKD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase()
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
