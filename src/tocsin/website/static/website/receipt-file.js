// Puts a chosen receipt file into the field for its text; without script one pastes it.

for (const place of document.querySelectorAll("[data-receipt-file]")) {
  place.hidden = false;
  place.querySelector("input").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file && file.size < 60_000) {
      document.getElementById(place.dataset.receiptFile).value = await file.text();
    }
    event.target.value = "";
  });
}
