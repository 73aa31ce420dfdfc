// One person answering one form: what is missing, and what is sent.
"use strict";

const sitting = (() => {
  const answered = (field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : field.value.trim());

  // Marks every required question without an answer, leads to the first, and says whether there is one.
  function hasGaps(form) {
    for (const mark of form.querySelectorAll("[data-gap]")) mark.remove();
    const gaps = [...form.querySelectorAll("fieldset[data-required]")].filter((item) => {
      const gap = ![...item.elements].some(answered);
      item.classList.toggle("faulty", gap);
      return gap;
    });
    for (const item of gaps) {
      for (const fault of item.querySelectorAll(".fault")) fault.remove();
      const fault = document.createElement("p");
      fault.className = "fault";
      fault.dataset.gap = "";
      fault.setAttribute("role", "alert");
      fault.textContent = form.dataset.gap;
      item.querySelector("legend").after(fault);
    }
    gaps[0]?.scrollIntoView({ block: "start" });
    gaps[0]?.elements[0]?.focus({ preventScroll: true });
    return gaps.length > 0;
  }

  // The answers as the server's JSON door takes them. An empty text beside a tick for "does not apply" says nothing.
  function body(form, { id, channel, seconds }) {
    const values = {};
    for (const [name, value] of new FormData(form)) {
      const item = name.replace(/^answer\./, "");
      if (item !== name && value.trim()) (values[item] ??= []).push(value);
    }
    const single = ([item, all]) => [item, all.length === 1 ? all[0] : all];
    const body = {
      id, desk: form.dataset.desk, channel, answers: Object.fromEntries(Object.entries(values).map(single)),
      answered_at: new Date().toISOString(),
    };
    if (seconds >= 0 && seconds <= 86_400) body.seconds = Math.round(seconds);
    for (const name of ["receipt", "trap", "proof"]) {
      const typed = form.elements[name]?.value?.trim();
      if (typed) body[name] = typed;
    }
    return body;
  }

  const round = (form) => form.elements.round.value;

  return { hasGaps, body, round };
})();
