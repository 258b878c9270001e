"use strict";
// The only script of the pages: everything works without it, printing excepted, which the browser's menu also does.
document.getElementById("print")?.addEventListener("click", () => window.print());
