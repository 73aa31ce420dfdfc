// Typing in paper at the speed of the keyboard: a key that answers an item leads on to the next one. Without this script the
// same fields are filled in with Tab between them.
(() => {
  "use strict";
  const form = document.getElementById("entry");
  if (!form) return;
  const fields = [...form.querySelectorAll("input:not([type=hidden]), button")];

  const go = (from, by) => {
    const next = fields[fields.indexOf(from) + by];
    if (!next) return;
    next.focus();
    if (next.select) next.select();
  };

  form.addEventListener("input", (event) => {
    const keys = event.target.dataset.keys;
    if (!keys || !event.target.value) return;
    const fits = keys.includes(event.target.value);
    event.target.setAttribute("aria-invalid", String(!fits));
    // A key that answers nothing stays selected, so that the right one replaces it.
    if (fits) go(event.target, 1); else event.target.select();
  });

  form.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    if (!by || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    go(event.target, by);
  });
})();
