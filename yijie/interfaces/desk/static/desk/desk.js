"use strict";
// The only script of the pages. Everything works without it: printing by the browser's menu, grading after charging.
document.getElementById("print")?.addEventListener("click", () => window.print());

// A line is graded while it is typed; the latest question wins.
const form = document.querySelector("form[data-grade]");
if (form) {
  const told = form.querySelector(".grading");
  let asking = 0;
  const grade = async () => {
    const mine = ++asking;
    const said = new URLSearchParams(new FormData(form));
    said.delete("csrfmiddlewaretoken");
    const answer = await fetch(`${form.dataset.grade}?${said}`, { headers: { Accept: "application/json" } });
    if (mine === asking && answer.ok) told.textContent = (await answer.json()).text;
  };
  form.addEventListener("input", grade);
  form.addEventListener("change", grade);
}

// How good a new password is, by the server's own rules, a moment after the typing stops.
const strength = document.querySelector("[data-strength]");
if (strength) {
  const typed = document.querySelector("input[name=password1]");
  let waiting = 0, told = 0;
  typed?.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++told;
      const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
      const body = new URLSearchParams({ password: typed.value, csrfmiddlewaretoken: token });
      const answer = await fetch(strength.dataset.strength, { method: "POST", body });
      if (mine !== told || !answer.ok) return;
      const { score, text } = await answer.json();
      strength.querySelector("meter").value = score;
      strength.querySelector("[role=status]").textContent = text;
    }, 300);
  });
}
