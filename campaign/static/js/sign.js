// The sign form: tells how long it was looked at, and points out a mailbox that others may read. It never stops anybody.

const form = document.querySelector("form[data-sign]");

if (form) {
  const seconds = form.elements.namedItem("seconds");
  const email = form.elements.namedItem("email");
  const hint = document.getElementById("watched-hint");
  const watched = JSON.parse(form.dataset.watched ?? "[]");

  form.addEventListener("submit", () => {
    seconds.value = String(Math.floor(performance.now() / 1000));
  });

  const isWatched = (domain) => watched.some((name) => domain === name || domain.endsWith(`.${name}`));

  const look = () => {
    const domain = email.value.trim().toLowerCase().split("@")[1] ?? "";
    hint.hidden = !isWatched(domain);
  };
  email.addEventListener("change", look);
  email.addEventListener("input", () => {
    if (!hint.hidden) look();
  });
  look();
}
