// A button that copies the page's address; without script it is not there.

for (const place of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
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
