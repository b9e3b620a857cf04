// Copying and passing on: each button appears only where a script can do it.

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  });
}

// The device's own way of passing something on: it asks whom, and neither we nor anybody else hears of it.
for (const button of document.querySelectorAll("button[data-share-url]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { shareTitle, shareText, shareUrl } = button.dataset;
    // Rejected when somebody thinks better of it.
    navigator.share({ title: shareTitle, text: shareText, url: shareUrl }).catch(() => {});
  });
}
