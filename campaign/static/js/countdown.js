// The time left until something goes out, counted down in the page; it is loaded anew when the time is over. Without
// this script the page says the minutes that were left when it was loaded, and the time of day at which they end.

function count(element) {
  const end = Date.now() + Number(element.dataset.countdown) * 1000;

  const timer = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) {
      clearInterval(timer);
      location.reload();
      return;
    }
    const inMinutes = left > 90;
    const words = inMinutes ? element.dataset.minutes : element.dataset.seconds;
    element.textContent = words.replace("#", inMinutes ? Math.ceil(left / 60) : left);
  }, 1_000);
}

document.querySelectorAll("[data-countdown]").forEach(count);
