// Keys for whoever reads many letters. A key leads to its button, j and k through a list; only what changes nothing that
// cannot be taken back (data-press) is pressed at once. Nothing happens while somebody types, and all of it can be
// switched off (WCAG 2.1.4). Without this script the buttons do the same.

const OFF = "shortcuts-off";
const FIELDS = "input, textarea, select, [contenteditable]";
const help = document.querySelector("[data-shortcuts]");
const toggle = document.querySelector("[data-shortcuts-on]");

function isOff() {
  return toggle !== null && !toggle.checked;
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next].focus();
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isOff() || event.target.closest(FIELDS)) return;
  if (event.key === "j" || event.key === "k") {
    step(event.key === "j" ? 1 : -1);
    return;
  }
  const button = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
  if (!button) return;
  event.preventDefault();
  button.scrollIntoView({ block: "center" });
  button.focus();
  if ("press" in button.dataset) button.click();
}

if (help && toggle) {
  help.hidden = false;
  toggle.checked = localStorage.getItem(OFF) === null;
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
document.addEventListener("keydown", pressed);
