// The live number of a petition: asked for every ten seconds while somebody looks.
// Readers of a screen hear of it once a minute at most, and only when it has changed.

const PAUSE = 10_000;
const SPEAK_AFTER = 60_000;

function follow(element) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const bar = element.closest(".progress")?.querySelector("progress");
  const spoken = element.closest(".progress")?.querySelector("[data-count-spoken]");
  let shown = Number(element.dataset.count);
  let spokenAt = Date.now();

  async function ask() {
    if (document.hidden) return;
    try {
      const answer = await fetch(element.dataset.countUrl, { credentials: "omit" });
      if (!answer.ok) return;
      const { count } = await answer.json();
      if (!Number.isInteger(count) || count === shown) return;
      shown = count;
      element.textContent = number.format(count);
      if (bar) bar.value = Math.min(count, bar.max);
      if (spoken && Date.now() - spokenAt >= SPEAK_AFTER) {
        spokenAt = Date.now();
        spoken.textContent = spoken.dataset.countSpoken.replace("#", number.format(count));
      }
    } catch {
      // Away for a moment: the number on the page stays as it was, and the next round asks again.
    }
  }

  setInterval(ask, PAUSE);
  document.addEventListener("visibilitychange", ask);
}

document.querySelectorAll("[data-count-url]").forEach(follow);
