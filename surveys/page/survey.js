// Makes answering easier where scripts run: shows how far one is, goes on to the next question, hides what need not be
// asked, reads aloud, and says what is missing before anything is sent. The page is whole without this file, and the
// server checks everything again.
"use strict";

// What is kept for this sitting only; nothing where a browser forbids it.
function stored(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}

// Adds all of it to one form, with the text at the size that was chosen before, if any was. Returns what forgets the visitor:
// it ends the voice and gives the text its own size.
function enhance(form, size = 0) {
  const root = document.documentElement;
  const words = form.dataset;
  const items = [...form.querySelectorAll("fieldset.item")];
  const shown = () => items.filter((item) => !item.hidden);
  const fields = (item) => [...item.querySelectorAll("input, textarea")];
  const wording = (item) => item.querySelector(".wording").firstChild.data.trim();
  const fill = (text, blanks) => text.replace(/\{(\w+)\}/g, (blank, name) => blanks[name] ?? blank);
  const element = (name, properties = {}) => Object.assign(document.createElement(name), properties);

  const isGiven = ({ type, checked, value }) => (type === "radio" || type === "checkbox" ? checked : true) && value.trim() !== "";
  const answers = (item) => fields(item).filter(isGiven).map((field) => field.value.trim());
  const isAnswered = (item) => fields(item).some(isGiven);

  // Questions that only some people are asked, which then need not say so. In the order of the page, so that the answer to
  // a question which is itself hidden counts for nothing; the server clears such answers in the same way.
  for (const condition of form.querySelectorAll(".only-if")) condition.remove();
  const hideWhatIsNotAsked = () => {
    const given = {};
    for (const item of items) {
      const { when, is } = item.dataset;
      if (when) {
        const wanted = is.split(" ");
        item.hidden = !when.split(" ").some((field) => given[field]?.some((answer) => wanted.includes(answer)));
      }
      if (!item.hidden) given[fields(item)[0].name] = answers(item);
    }
    for (const group of form.querySelectorAll(".group")) {
      group.hidden = [...group.querySelectorAll(".item")].every((item) => item.hidden);
    }
  };

  // How far one is. Only the end is announced: a voice after every tap would talk over the questions.
  const progress = document.querySelector(".progress");
  const status = document.querySelector(".progress + [role=status]");
  const showProgress = () => {
    const required = shown().filter((item) => "required" in item.dataset);
    const [done, total] = [required.filter(isAnswered).length, required.length];
    progress.hidden = total === 0;
    progress.querySelector("p").textContent = fill(words.progress, { done, total });
    Object.assign(progress.querySelector("progress"), { max: total || 1, value: done });
    const said = done > 0 && done === total ? words.done : "";
    if (status.textContent !== said) status.textContent = said;
  };

  // How many characters are left, counted as the server counts them.
  const counters = [...form.querySelectorAll("textarea")].map((area) => {
    const counter = element("p", { className: "counter" });
    area.after(counter);
    return () => {
      counter.textContent = fill(words.left, { count: area.maxLength - [...area.value].length });
    };
  });

  const refresh = () => {
    hideWhatIsNotAsked();
    showProgress();
    counters.forEach((count) => count());
  };
  form.addEventListener("input", refresh);

  // Goes on to the next open question after a tap. The focus stays where it is: moving it would be a surprise for whoever
  // cannot see the page move. Arrow keys choose on their way through the options, and an answer that is corrected is no
  // step forward, so neither moves the page.
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  const itemOf = ({ target }) => target.closest("fieldset.item");
  let tapped = null;
  form.addEventListener("pointerdown", (event) => {
    const item = itemOf(event);
    tapped = item && !isAnswered(item) ? item : null;
  });
  form.addEventListener("keydown", () => {
    tapped = null;
  });
  const goOn = (from) => {
    const later = shown().slice(shown().indexOf(from) + 1);
    const next = later.find((item) => item.matches(".scale, .one") && !isAnswered(item));
    if (!next) return;
    const block = next.offsetHeight < innerHeight * 0.7 ? "center" : "start";
    next.scrollIntoView({ block, behavior: isStill.matches ? "instant" : "smooth" });
  };
  form.addEventListener("change", (event) => {
    const item = itemOf(event);
    if (!item) return;
    if (item.classList.contains("faulty")) mark(item, faultOf(item));
    if (item === tapped && event.target.type === "radio") goOn(item);
    tapped = null;
  });

  // What is missing, found before sending and said as the server would say it.
  const faultOf = (item) => {
    const [first] = answers(item);
    if (first === undefined) return "required" in item.dataset ? words.missing : null;
    const { min, max } = item.dataset;
    const isInside = min === undefined || first === "na" || (/^-?\d+$/.test(first) && +first >= +min && +first <= +max);
    return isInside ? null : fill(words.range, { min, max });
  };
  const describe = (item, id, isOn) => {
    for (const target of [item, ...item.querySelectorAll("textarea, .short")]) {
      const others = (target.getAttribute("aria-describedby") ?? "").split(" ").filter((other) => other && other !== id);
      const all = isOn ? [id, ...others] : others;
      if (all.length) target.setAttribute("aria-describedby", all.join(" "));
      else target.removeAttribute("aria-describedby");
      if (target !== item) target.setAttribute("aria-invalid", isOn);
    }
  };
  const mark = (item, fault) => {
    const old = item.querySelector(".fault");
    if (old) {
      describe(item, old.id, false);
      old.remove();
    }
    item.classList.toggle("faulty", fault !== null);
    if (fault === null) return;
    const told = element("p", { className: "fault", id: `fault:${fields(item)[0].id}`, textContent: fault });
    item.querySelector("legend").after(told);
    describe(item, told.id, true);
  };
  const clearSummary = () => document.querySelector("main > .notice")?.remove();
  const summarise = (faulty) => {
    clearSummary();
    const summary = element("section", { className: "notice faulty", tabIndex: -1 });
    summary.setAttribute("role", "alert");
    summary.setAttribute("aria-labelledby", "notice-title");
    const heading = fill(words.heading, { count: faulty.length });
    summary.append(element("h2", { id: "notice-title", textContent: heading }));
    for (const fault of new Set(faulty.map(([, fault]) => fault))) {
      const places = element("ul");
      for (const [item] of faulty.filter(([, other]) => other === fault)) {
        const number = item.querySelector(".number")?.textContent;
        const textContent = number ? fill(words.question, { number }) : wording(item);
        const place = element("li");
        place.append(element("a", { href: `#${fields(item)[0].id}`, textContent }));
        places.append(place);
      }
      summary.append(element("p", { textContent: fault }), places);
    }
    progress.before(summary);
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: "start" });
  };
  // Before anybody else hears of it, who would send a form that is about to be shown again.
  const check = (event) => {
    const all = shown().map((item) => [item, faultOf(item)]);
    all.forEach(([item, fault]) => mark(item, fault));
    const faulty = all.filter(([, fault]) => fault !== null);
    if (faulty.length === 0) return clearSummary();
    event.preventDefault();
    event.stopImmediatePropagation();
    summarise(faulty);
  };
  form.addEventListener("submit", check, { capture: true });

  // "Send without the code" takes the code away, so that whoever sends the form does not send it along.
  form.querySelector("[name=without_receipt]")?.addEventListener("click", () => {
    form.elements.receipt.value = "";
  });

  // The size of the text.
  const N_SIZES = 4;
  const sizes = document.querySelector(".sizes");
  const setSize = (size) => {
    root.dataset.size = size;
    for (const button of sizes?.children ?? []) {
      const next = size + Number(button.dataset.step);
      button.setAttribute("aria-disabled", next < 0 || next >= N_SIZES);
    }
    stored((storage) => storage.setItem("text-size", size));
  };
  sizes?.addEventListener("click", ({ target }) => {
    const button = target.closest("[aria-disabled=false]");
    if (button) setSize(Number(root.dataset.size) + Number(button.dataset.step));
  });

  // Reads a question aloud, if the device itself has a voice for the language. A voice from the network would send the
  // question to a third party, and with it that somebody is answering.
  const speech = window.speechSynthesis;
  const primary = (tag) => tag.toLowerCase().split(/[-_]/)[0];
  const voice = () => speech.getVoices().find(({ localService, lang }) => localService && primary(lang) === primary(root.lang));
  let speaking = null;
  const hush = () => {
    speech?.cancel();
    if (speaking) speaking.lastChild.textContent = words.listen;
    speaking = null;
  };
  const read = (item, button) => {
    const isAgain = button === speaking;
    hush();
    if (isAgain) return;
    const parts = [wording(item), ...[...item.querySelectorAll(".hint, .choice span")].map((part) => part.textContent)];
    const utterance = new SpeechSynthesisUtterance(parts.map((part) => part.trim()).join(". "));
    Object.assign(utterance, { voice: voice(), lang: root.lang, rate: 0.9 });
    utterance.onend = () => {
      if (speaking === button) hush();
    };
    speaking = button;
    button.lastChild.textContent = words.stop;
    speech.speak(utterance);
  };
  const offerReading = () => {
    if (form.querySelector(".listen") || !voice()) return;
    for (const item of items) {
      const button = element("button", { type: "button", className: "listen" });
      button.innerHTML = '<svg aria-hidden="true" focusable="false"><use href="#speaker"/></svg><span></span>';
      button.lastChild.textContent = words.listen;
      button.addEventListener("click", () => read(item, button));
      item.querySelector("legend").after(button);
    }
  };
  if (speech) {
    offerReading();
    // Browsers load their voices after the page. Only the form that is there listens, not all that were before it.
    speech.onvoiceschanged = offerReading;
  }

  const forget = () => {
    hush();
    setSize(0);
  };
  // The event comes before the fields are empty.
  form.addEventListener("reset", () => {
    forget();
    clearSummary();
    items.forEach((item) => mark(item, null));
    setTimeout(refresh);
  });

  if (sizes) sizes.hidden = false;
  setSize(size);
  refresh();
  return forget;
}

// The form of the page itself. Where there is none, as on a kiosk before anybody has begun, nothing is done yet.
(() => {
  const form = document.getElementById("survey");
  if (!form) return;
  enhance(form, Number(stored((storage) => storage.getItem("text-size")) ?? 0));
  // A browser that comes back to the page puts in again what had been typed.
  addEventListener("pageshow", () => form.dispatchEvent(new Event("input")));
  addEventListener("pagehide", () => window.speechSynthesis?.cancel());
})();
