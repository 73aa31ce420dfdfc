// One person answering one form: what is missing, and what is sent.
"use strict";

const sitting = (() => {
  const answered = (field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : field.value.trim());

  // Marks every required question without an answer, lists them above the form as the server would, and says whether
  // there is one. Without a network nobody else can tell.
  function hasGaps(form) {
    for (const mark of document.querySelectorAll("[data-gap-mark], .notice")) mark.remove();
    for (const item of form.querySelectorAll(".faulty")) item.classList.remove("faulty");
    const gaps = [...form.querySelectorAll("fieldset[data-required]")].filter((item) => ![...item.elements].some(answered));
    if (gaps.length === 0) return false;
    gaps.forEach((item) => mark(item, form.dataset.gap));
    const notice = element("section", { className: "notice faulty", tabIndex: -1 });
    notice.setAttribute("role", "alert");
    notice.dataset.gapMark = "";
    const heading = form.dataset.gaps.replace("{count}", gaps.length);
    const list = element("ul");
    list.append(...gaps.map((item) => {
      const question = form.dataset.question.replace("{number}", item.querySelector(".number").textContent);
      const link = element("a", { href: `#${item.elements[0].id}`, textContent: `${question}: ${form.dataset.gap}` });
      const line = element("li");
      line.append(link);
      return line;
    }));
    notice.append(element("h2", { textContent: heading }), list);
    form.before(notice);
    notice.scrollIntoView({ block: "start" });
    notice.focus({ preventScroll: true });
    return true;
  }

  const element = (name, properties = {}) => Object.assign(document.createElement(name), properties);

  // Says at a question what is wrong with it.
  function mark(item, text) {
    item.classList.add("faulty");
    for (const fault of item.querySelectorAll(".fault")) fault.remove();
    const fault = element("p", { className: "fault", id: `gap:${item.elements[0].id}`, textContent: text });
    fault.dataset.gapMark = "";
    item.setAttribute("aria-describedby", fault.id);
    item.querySelector("legend").after(fault);
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
