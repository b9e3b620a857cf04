// A letter is saved while it is typed, and its length told. Without this script the buttons do the same.

const PAUSE = 2500;

function keep(form) {
  const text = form.elements.namedItem("text");
  const seen = form.elements.namedItem("seen");
  const status = form.querySelector("[data-status]");
  const size = form.querySelector("[data-size]");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const unit = size.textContent.replace(/^[\d\s.,\u00a0\u202f]+/, "");
  let timer = 0;
  let saving = null;

  async function save() {
    if (saving) await saving;
    const sent = text.value;
    status.textContent = form.dataset.saving;
    const typed = new FormData(form);
    // A picture waits for its button: sent with every pause it would be enclosed again and again.
    typed.delete("picture");
    saving = fetch(form.dataset.autosave, { method: "POST", body: typed });
    try {
      const answer = await saving;
      const told = await answer.json();
      if (!answer.ok) {
        status.textContent = told.problem;
        return;
      }
      seen.value = told.seen;
      if (text.value === sent) status.textContent = form.dataset.saved;
    } catch {
      status.textContent = form.dataset.away;
    } finally {
      saving = null;
    }
  }

  text.addEventListener("input", () => {
    size.textContent = `${numbers.format(text.value.length)} ${unit}`;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (event.target === text) return;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  // A button saves by itself; an autosave on its heels would meet a newer version.
  form.addEventListener("submit", () => clearTimeout(timer));
}

document.querySelectorAll("form[data-autosave]").forEach(keep);
