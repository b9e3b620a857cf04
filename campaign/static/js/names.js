// Suggestions for a name while it is typed: Latin letters and the line of an envelope. What somebody typed there is left
// alone; a suggestion is always unchecked. Without this script a button of the form does the same.

const PAUSE = 400;
const SUGGESTED = ["last_latin", "first_latin", "dative_ru"];

function suggest(place) {
  const form = place.closest("form");
  const field = (name) => form.elements.namedItem(name);
  const last = Object.fromEntries(SUGGESTED.map((name) => [name, ""]));
  let timer = 0;
  let asked = 0;

  async function ask() {
    const question = new FormData();
    question.set("csrf_token", field("csrf_token").value);
    for (const name of ["last", "first", "patronymic"]) question.set(name, field(`${name}_ru`).value);
    question.set("gender", form.elements.namedItem("gender").value);
    const turn = (asked += 1);
    try {
      const answer = await fetch(place.dataset.suggest, { method: "POST", body: question });
      if (!answer.ok || turn !== asked) return;
      show(await answer.json());
    } catch {
      // Away for a moment: the next letter asks again, and the button stays.
    }
  }

  function show(suggestions) {
    for (const name of SUGGESTED) {
      const input = field(name);
      if (input.value && input.value !== last[name]) continue;
      if (name === "dative_ru" && input.value !== suggestions[name]) field("is_dative_confirmed").checked = false;
      input.value = suggestions[name];
      last[name] = suggestions[name];
    }
  }

  form.addEventListener("input", (event) => {
    if (!["last_ru", "first_ru", "patronymic_ru", "gender"].includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}

document.querySelectorAll("[data-suggest]").forEach(suggest);
