// Waits for the receipt of a signature that has just been confirmed, and puts it on the page: asks
// ever more rarely, only while the page is being looked at, and not for ever. Without script there is a link.

const SHORTEST = 1_000;
const LONGEST = 30_000;
const ENOUGH = 15 * 60_000;

function wait(place) {
  const begun = Date.now();
  let delay = SHORTEST;
  const words = place.querySelector("[data-receipt-wait]");
  const look = place.querySelector("[data-receipt-look]");
  words.hidden = false;
  look.hidden = true;

  function giveUp() {
    words.hidden = true;
    look.hidden = false;
  }

  function show(html) {
    const part = new DOMParser().parseFromString(html, "text/html").querySelector("section");
    if (!part) return giveUp();
    place.replaceWith(document.adoptNode(part));
    document.dispatchEvent(new Event("tocsin:more"));
  }

  async function ask() {
    if (Date.now() - begun > ENOUGH) return giveUp();
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(place.dataset.receiptAt, { credentials: "omit", redirect: "error" });
        if (answer.status === 200) return show(await answer.text());
        if (answer.status === 404) return giveUp();
      } catch {
        // Away for a moment: ask again, later.
      }
      delay = Math.min(delay * 1.5, LONGEST);
    }
    setTimeout(ask, delay);
  }

  setTimeout(ask, delay);
}

for (const place of document.querySelectorAll("[data-receipt-at]")) wait(place);
