// The progress of work in the background: asked for every two seconds while somebody looks, and the page is loaded anew
// when the work ends. Without this script the page has a link that does the same by hand.

const PAUSE = 2_000;

function follow(element) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const bar = element.querySelector("progress");
  const shown = element.querySelector("[data-follow-done]");

  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(element.dataset.follow);
      if (!answer.ok) return;
      const { done, is_at_work: isAtWork } = await answer.json();
      shown.textContent = number.format(done);
      bar.value = Math.min(done, bar.max);
      if (!isAtWork) {
        clearInterval(timer);
        location.reload();
      }
    } catch {
      // Away for a moment: the next round asks again.
    }
  }, PAUSE);
}

document.querySelectorAll("[data-follow]").forEach(follow);
