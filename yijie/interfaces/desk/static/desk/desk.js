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
