// Makes answering easier where scripts run: shows how far one is, goes on to the next question, hides what need not be
// asked, reads aloud, and says what is missing before anything is sent. The page is whole without this file, and the
// server checks everything again.
(() => {
  "use strict";

  const form = document.getElementById("survey");
  if (!form) return;

  const root = document.documentElement;
  const items = [...form.querySelectorAll("fieldset.item")];
  const shown = () => items.filter((item) => !item.hidden);
  const fields = (item) => [...item.querySelectorAll("input, textarea")];
  const isTick = (field) => field.type === "radio" || field.type === "checkbox";
  const fill = (text, blanks) => text.replace(/\{(\w+)\}/g, (blank, name) => blanks[name] ?? blank);
  const copy = (template) => document.getElementById(template).content.firstElementChild.cloneNode(true);

  const answers = (item) =>
    fields(item)
      .filter((field) => (isTick(field) ? field.checked : true))
      .map((field) => field.value.trim())
      .filter((value) => value !== "");
  const isAnswered = (item) => answers(item).length > 0;

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
  const status = document.querySelector("[role=status]");
  const showProgress = () => {
    const required = shown().filter((item) => "required" in item.dataset);
    const done = required.filter(isAnswered).length;
    const isDone = done === required.length;
    progress.hidden = required.length === 0;
    progress.querySelector("p").textContent = fill(progress.dataset.text, { done, total: required.length });
    const bar = progress.querySelector("progress");
    bar.max = required.length || 1;
    bar.value = done;
    const said = isDone && done > 0 ? progress.dataset.done : "";
    if (status.textContent !== said) status.textContent = said;
  };

  // Goes on to the next open question after a tap. The focus stays where it is: moving it would be a surprise for whoever
  // cannot see the page move. Arrow keys choose on their way through the options, so they never move the page.
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  let isTap = false;
  addEventListener("pointerdown", () => (isTap = true), true);
  addEventListener("keydown", () => (isTap = false), true);
  const goOn = (from) => {
    const later = shown().slice(shown().indexOf(from) + 1);
    const next = later.find((item) => item.matches(".scale, .one") && !isAnswered(item));
    if (!next) return;
    const block = next.offsetHeight < innerHeight * 0.7 ? "center" : "start";
    next.scrollIntoView({ block, behavior: isStill.matches ? "instant" : "smooth" });
  };

  // What is missing, found before sending and said as the server would say it.
  const faultOf = (item) => {
    const [first] = answers(item);
    if (first === undefined) return "required" in item.dataset ? form.dataset.missing : null;
    const { min, max } = item.dataset;
    const isOutside = min !== undefined && first !== "na" && !(/^-?\d+$/.test(first) && +first >= +min && +first <= +max);
    return isOutside ? fill(form.dataset.range, { min, max }) : null;
  };
  const wording = (item) => item.querySelector(".wording").firstChild.data.trim();
  const describe = (item, id, isOn) => {
    for (const target of [item, ...item.querySelectorAll("textarea, .short")]) {
      const ids = new Set((target.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
      ids[isOn ? "add" : "delete"](id);
      if (ids.size) target.setAttribute("aria-describedby", [...ids].reverse().join(" "));
      else target.removeAttribute("aria-describedby");
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
    const told = document.createElement("p");
    told.className = "fault";
    told.id = `fault:${fields(item)[0].name}`;
    told.textContent = fault;
    item.querySelector("legend").after(told);
    describe(item, told.id, true);
  };
  const clearSummary = () => document.querySelector(".notice.faulty")?.remove();
  const summarise = (faulty) => {
    clearSummary();
    const summary = copy("summary");
    summary.querySelector("h2").textContent = fill(form.dataset.heading, { count: faulty.length });
    for (const fault of new Set(faulty.map(([, fault]) => fault))) {
      const places = document.createElement("ul");
      for (const [item] of faulty.filter(([, other]) => other === fault)) {
        const number = item.querySelector(".number")?.textContent;
        const link = document.createElement("a");
        link.href = `#${fields(item)[0].id}`;
        link.textContent = number ? fill(form.dataset.question, { number }) : wording(item);
        const place = document.createElement("li");
        place.append(link);
        places.append(place);
      }
      const told = document.createElement("p");
      told.textContent = fault;
      summary.append(told, places);
    }
    progress.before(summary);
    summary.focus();
    summary.scrollIntoView({ block: "start" });
  };
  form.addEventListener("submit", (event) => {
    const faulty = shown().map((item) => [item, faultOf(item)]);
    faulty.forEach(([item, fault]) => mark(item, fault));
    const found = faulty.filter(([, fault]) => fault !== null);
    if (found.length === 0) return;
    // Nobody else shall take a form that is about to be shown again.
    event.preventDefault();
    event.stopImmediatePropagation();
    summarise(found);
  });

  // How many characters are left, counted as the server counts them.
  const counters = [...form.querySelectorAll("textarea")].map((area) => {
    const counter = copy("counter");
    area.after(counter);
    return () => {
      const count = area.maxLength - [...area.value].length;
      counter.textContent = fill(counter.dataset.text, { count });
    };
  });

  // The size of the text, kept for this sitting only.
  const SIZES = 4;
  const sizes = document.querySelector(".sizes");
  const size = () => Number(root.dataset.size ?? 0);
  const setSize = (wanted) => {
    if (wanted > 0) root.dataset.size = wanted;
    else delete root.dataset.size;
    for (const button of sizes.children) {
      const next = wanted + Number(button.dataset.step);
      button.setAttribute("aria-disabled", next < 0 || next >= SIZES);
    }
    // A browser may forbid storage; the size then lasts as long as the page.
    try {
      sessionStorage.setItem("text-size", wanted);
    } catch {}
  };
  const keptSize = () => {
    try {
      return Number(sessionStorage.getItem("text-size") ?? 0);
    } catch {
      return 0;
    }
  };
  sizes.addEventListener("click", ({ target }) => {
    if (target.getAttribute("aria-disabled") === "false") setSize(size() + Number(target.dataset.step));
  });

  // Reads a question aloud, if the device itself has a voice for the language. A voice from the network would send the
  // question to a third party, and with it that somebody is answering.
  const speech = window.speechSynthesis;
  const voice = () => {
    const wanted = root.lang.toLowerCase();
    const fits = ({ lang }) => lang.toLowerCase().replace("_", "-").split("-")[0] === wanted.split("-")[0];
    return speech.getVoices().find((voice) => voice.localService && fits(voice));
  };
  const label = (button) => button.querySelector("span");
  let speaking = null;
  const hush = () => {
    speech?.cancel();
    if (speaking) label(speaking).textContent = speaking.dataset.start;
    speaking = null;
  };
  const read = (item, button) => {
    const again = button === speaking;
    hush();
    if (again) return;
    const parts = item.querySelectorAll(".wording, .hint, .choice span");
    const text = [...parts].map((part) => part.textContent.trim()).join(". ");
    const utterance = Object.assign(new SpeechSynthesisUtterance(text), { voice: voice(), lang: root.lang, rate: 0.9 });
    utterance.onend = () => speaking === button && hush();
    speaking = button;
    label(button).textContent = button.dataset.stop;
    speech.speak(utterance);
  };
  const offerReading = () => {
    if (form.querySelector(".listen") || !voice()) return;
    for (const item of items) {
      const button = copy("listen");
      button.dataset.start = label(button).textContent;
      button.addEventListener("click", () => read(item, button));
      item.querySelector("legend").after(button);
    }
  };
  if (speech) {
    offerReading();
    // Browsers load their voices after the page.
    speech.addEventListener?.("voiceschanged", offerReading);
    addEventListener("pagehide", hush);
  }

  const refresh = () => {
    hideWhatIsNotAsked();
    showProgress();
    counters.forEach((count) => count());
  };
  let answered = new Set();
  const remember = () => (answered = new Set(items.filter(isAnswered)));
  form.addEventListener("input", refresh);
  form.addEventListener("change", ({ target }) => {
    const item = target.closest("fieldset.item");
    if (!item) return;
    if (item.classList.contains("faulty")) mark(item, faultOf(item));
    // An answer that is corrected is not a step forward.
    const isNew = !answered.has(item);
    remember();
    if (isNew && isTap && target.type === "radio") goOn(item);
  });
  const begin = () => {
    remember();
    refresh();
  };
  // A kiosk resets the form for the next visitor, who shall find nothing of the last one. The event comes before the
  // fields are empty.
  form.addEventListener("reset", () =>
    setTimeout(() => {
      hush();
      clearSummary();
      items.forEach((item) => mark(item, null));
      setSize(0);
      begin();
    }),
  );

  sizes.hidden = false;
  setSize(keptSize());
  begin();
  // A browser that comes back to the page puts in again what had been typed.
  addEventListener("pageshow", begin);
})();
