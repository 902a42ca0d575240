// The proof of work against robots. Nothing of it is loaded before the form is touched; when it
// cannot be had (no secure context, an old browser, a broken line), the form is sent without, and
// the server offers the second step that it offers to browsers without JavaScript.

const PATIENCE = 30_000;

function guard(form, place) {
  const status = form.querySelector("[data-proof-status]");
  let proof = null;
  let isSolved = false;

  async function solve() {
    await import(place.dataset.proofWidget);
    globalThis.$altcha.algorithms.set("SHA-256", () => new Worker(place.dataset.proofWorker));
    const widget = document.createElement("altcha-widget");
    const ready = new Promise((done) => widget.addEventListener("load", done, { once: true }));
    place.append(widget);
    await ready;
    await widget.configure({
      challenge: place.dataset.proof,
      disableAutoFocus: true,
      humanInteractionSignature: false,
      minDuration: 0,
    });
    // Somebody may write for longer than a challenge lives.
    widget.addEventListener("expired", () => begin(widget));
    return begin(widget);
  }

  function begin(widget) {
    isSolved = false;
    proof = widget.verify().then((result) => {
      isSolved = result !== null;
    });
    return proof;
  }

  function start() {
    proof ??= solve().catch(() => {});
  }

  form.addEventListener("focusin", start);
  form.addEventListener("submit", async (event) => {
    if (isSolved || form.dataset.sent) return;
    event.preventDefault();
    start();
    status.textContent = place.dataset.proofWords;
    form.setAttribute("aria-busy", "true");
    await Promise.race([proof, new Promise((done) => setTimeout(done, PATIENCE))]);
    form.dataset.sent = "yes";
    form.requestSubmit(event.submitter);
  });
  addEventListener("pageshow", (event) => {
    // Back from the next page: a proof works once, and the widget has begun anew.
    if (!event.persisted) return;
    place.replaceChildren();
    [proof, isSolved] = [null, false];
    status.textContent = "";
    form.removeAttribute("aria-busy");
    delete form.dataset.sent;
  });
}

for (const place of document.querySelectorAll("[data-proof]")) guard(place.closest("form"), place);
