// A button that copies an address or a code; without script it is not there. What comes onto the
// page later says so with the event "tocsin:more".

function offer() {
  for (const place of document.querySelectorAll("[data-copy][hidden]")) {
    place.hidden = false;
    const button = place.querySelector("button");
    const words = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(place.dataset.copy);
      button.textContent = place.dataset.copied;
      setTimeout(() => {
        button.textContent = words;
      }, 2_500);
    });
  }
}

if (navigator.clipboard) {
  document.addEventListener("tocsin:more", offer);
  offer();
}
