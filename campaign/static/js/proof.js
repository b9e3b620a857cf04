// Solves the proof of work (ALTCHA, SHA-256) and sends the form. Without this script the form works after a minute.
const STEP = 500;

async function solve({ algorithm, challenge, salt, maxnumber, maxNumber }) {
  const encoder = new TextEncoder();
  const most = maxNumber ?? maxnumber;
  for (let start = 0; start <= most; start += STEP) {
    const numbers = Array.from({ length: Math.min(STEP, most - start + 1) }, (_, offset) => start + offset);
    const digests = await Promise.all(
      numbers.map((number) => crypto.subtle.digest(algorithm, encoder.encode(salt + number))),
    );
    const found = digests.findIndex((digest) => hex(digest) === challenge);
    if (found >= 0) return numbers[found];
  }
  return null;
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const form = document.querySelector("form[data-proof]");
if (form && globalThis.crypto?.subtle) {
  form.querySelector("[data-proof-status]").hidden = true;
  form.querySelector("[data-proof-working]").hidden = false;
  form.querySelector("button").disabled = true;
  const puzzle = JSON.parse(form.dataset.puzzle);
  const number = await solve(puzzle);
  form.querySelector("button").disabled = false;
  if (number !== null) {
    const { algorithm, challenge, salt, signature } = puzzle;
    form.elements.proof.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    form.submit();
  }
}
