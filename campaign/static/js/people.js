// The keyboard of a list of people: j and k or the arrows move, x ticks, Enter opens, / searches. Nothing happens while
// somebody types, and all of it can be switched off (WCAG 2.1.4). Without this script boxes, links and buttons do the same.

const OFF = "shortcuts-off";
const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const table = document.querySelector("[data-people]");
const search = document.querySelector("[data-search]");
const help = document.querySelector("[data-shortcuts]");
const toggle = document.querySelector("[data-shortcuts-on]");
const ticked = document.querySelector("[data-ticked]");

function isOff() {
  return toggle !== null && !toggle.checked;
}

function boxes() {
  return table ? [...table.querySelectorAll("[data-tick]")] : [];
}

function step(by) {
  const rows = table ? [...table.querySelectorAll("[data-row]")] : [];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement?.closest("[data-row]") ?? null);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
}

// The table says it as a live region: how many are ticked, and whether the last press ticked or took off.
function count() {
  if (!ticked) return;
  const many = boxes().filter((box) => box.checked).length;
  ticked.textContent = ticked.dataset.ticked.replace("#", new Intl.NumberFormat(document.documentElement.lang).format(many));
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isOff() || event.target.closest(FIELDS)) return;
  const row = document.activeElement?.closest("[data-row]");
  if (event.key in STEPS) {
    // The arrows scroll the page until somebody is in the list.
    if (event.key.startsWith("Arrow") && !row) return;
    event.preventDefault();
    step(STEPS[event.key]);
  } else if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "x" && row) {
    event.preventDefault();
    row.querySelector("[data-tick]")?.click();
  } else if (event.key === "Enter" && row === document.activeElement) {
    row?.querySelector("th a")?.click();
  }
}

if (help && toggle) {
  help.hidden = false;
  toggle.checked = localStorage.getItem(OFF) === null;
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
const every = document.querySelector("[data-tick-every]");
if (every) {
  every.closest("[hidden]")?.removeAttribute("hidden");
  every.addEventListener("change", () => {
    for (const box of boxes()) box.checked = every.checked;
    count();
  });
}
table?.addEventListener("change", count);
document.addEventListener("keydown", pressed);
count();
