// The tablet at a desk: begin, answer, thanks, and the next person. One document, so that it stays full screen; what a
// person typed lives in its DOM only, and goes with it.
"use strict";

(() => {
  const start = document.getElementById("start");
  const place = document.getElementById("sitting");
  const operator = document.getElementById("operator");
  const THANKS_MS = 8000;
  // Whoever is still there has twenty seconds to say so (WCAG 2.2.1).
  const WARNING_S = 20;
  const SYNC_MS = 60_000;
  const { device, version, channel } = start.dataset;
  // An interviewer holds the device and hands it to nobody, but notes each form's number for the call-back.
  const isInterview = channel === "interviewer";
  let idleSeconds = Number(start.dataset.idle);

  // Pages: the form of each language, fetched ahead so that the next person need not wait for a network.

  const forms = new Map();
  const ways = [...start.querySelectorAll("a[data-begin]")];

  async function fetchForm(address) {
    const reply = await fetch(address, { headers: { accept: "text/html" } });
    if (!reply.ok) throw new Error(`the form is not there: ${reply.status}`);
    forms.set(address, await reply.text());
  }
  const fetchForms = () => Promise.allSettled(ways.map((way) => fetchForm(way.getAttribute("href"))));

  // A sitting.

  let current;

  async function begin(way) {
    if (!isInterview) document.documentElement.requestFullscreen?.({ navigationUI: "hide" })?.catch(() => {});
    if (isInterview && !await isCounted()) return;
    const address = way.getAttribute("href");
    if (!forms.has(address)) await fetchForm(address).catch(() => {});
    // Without a form there is no sitting; the start screen stays, and the next tap tries again.
    if (current || !forms.has(address)) return;
    const page = new DOMParser().parseFromString(forms.get(address), "text/html");
    for (const part of page.querySelectorAll(".languages, .skip, template, script")) part.remove();
    current = { id: outbox.newId(), begun: performance.now(), language: page.documentElement.lang };
    show(...page.body.childNodes);
    const form = document.getElementById("survey");
    form.addEventListener("submit", (event) => { event.preventDefault(); finish(form); });
    current.forget = enhance(form);
    stirred();
  }

  // An interviewer notes the number of each form, so it has to be the right one before the form is begun.
  async function isCounted() {
    if ((await outbox.state()).isFresh) await sync();
    const { isFresh } = await outbox.state();
    document.getElementById("first").hidden = !isFresh;
    return !isFresh;
  }

  // What an interviewer has done today.
  async function tally() {
    if (!isInterview) return;
    const state = await outbox.state();
    for (const place of start.querySelectorAll("[data-tally]")) place.textContent = state[place.dataset.tally];
  }

  // Puts something in place of what was there; nothing of it is left behind.
  function show(...parts) {
    place.replaceChildren(...parts);
    place.hidden = parts.length === 0;
    start.hidden = !place.hidden;
    document.documentElement.lang = current?.language ?? "vi";
    scrollTo(0, 0);
    const heading = (place.hidden ? start : place).querySelector("h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }

  const words = (name) => {
    const all = document.querySelector(`template[data-words="${current?.language}"]`);
    return (all ?? document.querySelector("template[data-words]")).content.querySelector(`[data-part="${name}"]`);
  };

  async function finish(form) {
    if (current.isSending) return;
    const mine = current;
    mine.isSending = true;
    const seconds = (performance.now() - mine.begun) / 1000;
    const body = sitting.body(form, { id: mine.id, channel, seconds });
    form.elements.receipt?.removeAttribute("aria-invalid");
    try {
      await outbox.put(sitting.round(form), body, true);
    } catch {
      // The tablet can keep nothing, so only the server can; the form stays until it has.
      HTMLFormElement.prototype.submit.call(form);
      return;
    }
    // Only a code that somebody typed can be mended, and only while they are here.
    const outcome = body.receipt && navigator.onLine ? await outbox.deliver(mine.id, 4000) : "waiting";
    if (current !== mine) return;
    mine.isSending = false;
    const isReceipt = outcome.slug?.startsWith("receipt-") || outcome.faults?.some(({ pointer }) => pointer === "/receipt");
    if (isReceipt) return refuseReceipt(form);
    thank(body.sequence);
    outbox.flush().then(sync);
  }

  function refuseReceipt(form) {
    const fault = words("receipt").cloneNode(true);
    const field = form.elements.receipt;
    field.closest("fieldset, section, p, div").prepend(fault);
    fault.dataset.gapMark = "";
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }

  function thank(number) {
    clearInterval(current.clock);
    const thanks = words("thanks").cloneNode(true);
    const form = thanks.querySelector("[data-form]");
    if (form) form.textContent = `${device}-${String(number).padStart(4, "0")}`;
    show(thanks);
    thanks.querySelector("button").addEventListener("click", reset);
    if (!isInterview) current.clock = setTimeout(reset, THANKS_MS);
  }

  // The start screen, with nothing left of anybody.
  function reset() {
    clearInterval(current?.clock);
    current?.warning?.remove();
    current?.forget();
    current = undefined;
    show();
    if (isStale) return location.reload();
    fetchForms();
    update();
    tally().catch(() => {});
  }

  // Loads the page anew, between two persons.
  let isStale = false;
  function renew() {
    isStale = true;
    if (!current) location.reload();
  }

  // Idle: somebody has left, perhaps. A warning covers what was answered, then it is gone.

  function stirred() {
    if (!current || current.warning || isInterview) return;
    current.stirred = performance.now();
    current.clock ??= setInterval(watch, 250);
  }

  function watch() {
    if (!current || !document.getElementById("survey")) return;
    const left = Math.ceil(idleSeconds - (performance.now() - current.stirred) / 1000);
    if (left <= 0) return reset();
    if (left > WARNING_S) return;
    if (!current.warning) warn();
    current.warning.querySelector("[data-seconds]").textContent = left;
  }

  function warn() {
    current.warning = words("idle").cloneNode(true);
    document.body.append(current.warning);
    const stay = () => {
      current?.warning?.remove();
      if (current) current.warning = undefined;
      stirred();
    };
    current.warning.addEventListener("close", stay);
    current.warning.querySelector("button").addEventListener("click", stay);
    current.warning.showModal?.();
  }

  for (const sign of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    addEventListener(sign, stirred, { passive: true, capture: true });
  }

  // Leaving the page in any way ends the sitting, so that coming back to it can show nothing.
  addEventListener("pagehide", () => { if (current) reset(); });
  addEventListener("pageshow", (event) => { if (event.persisted) reset(); });
  // There is nothing behind this page that "back" could lead a citizen to.
  history.pushState(null, "");
  addEventListener("popstate", () => { history.pushState(null, ""); if (current) reset(); });

  for (const way of ways) {
    way.addEventListener("click", (event) => { event.preventDefault(); begin(way); });
  }

  // The server: what arrived, and what the desk asks now.

  let synced;

  async function sync() {
    try {
      const { assigned, waiting, aside, isFresh } = await outbox.state();
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ assigned: isFresh ? 0 : assigned, waiting, aside, version });
      const signal = AbortSignal.timeout?.(SYNC_MS / 4);
      const reply = await fetch("/v1/devices/sync", { method: "POST", headers, body, signal });
      // A key that was revoked leads to the page that takes a new code; what waits stays.
      if (reply.status === 401) renew();
      if (!reply.ok) return;
      synced = { ...await reply.json(), at: Date.now() };
      idleSeconds = synced.idle_seconds;
      await outbox.goOnAbove(synced.highest);
      await outbox.remember("synced", synced);
      const changed = ["desk", "round", "questionnaire"].some((part) => (synced[part] ?? "") !== start.dataset[part]);
      if (changed && performance.now() > SYNC_MS / 2) renew();
    } catch { /* There is no network; the next time will do. */ }
  }

  // A new version takes over between two persons.

  function update() {
    navigator.serviceWorker?.getRegistration().then((registration) => {
      if (!current) registration?.waiting?.postMessage("take-over");
    }).catch(() => {});
  }

  async function install() {
    if (!navigator.serviceWorker) return;
    let isFirst = !navigator.serviceWorker.controller;
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      // The first one only begins to keep what this page has; any later one brings another page.
      if (isFirst) fetchForms(); else renew();
      isFirst = false;
    });
    const registration = await navigator.serviceWorker.register("/worker.js", { scope: "/" });
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", update);
    });
    setInterval(() => registration.update().catch(() => {}), 10 * SYNC_MS);
    update();
  }

  // The operator's view: five taps on the desk's name, or Ctrl+Alt+S. It shows numbers, and no answer of anybody.

  let taps = [];
  document.getElementById("desk").addEventListener("click", () => {
    taps = [...taps.filter((tap) => performance.now() - tap < 3000), performance.now()];
    if (taps.length >= 5) openOperator();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.altKey && event.code === "KeyS") openOperator();
  });

  async function openOperator() {
    taps = [];
    if (current) return;
    if (!operator.open) operator.showModal();
    await sync();
    await fillOperator();
  }

  async function fillOperator() {
    if (!operator.open) return;
    const { waiting, aside, assigned } = await outbox.state();
    const last = synced ?? await outbox.recall("synced");
    const missing = last?.missing?.map(([first, end]) => (first === end ? first : `${first}–${end}`)).join(", ");
    const at = last && new Date(last.at).toLocaleString("vi-VN");
    const facts = { waiting, aside, assigned, device, version, missing: missing || "–", synced: at ?? "–" };
    for (const [name, value] of Object.entries(facts)) {
      operator.querySelector(`[data-fact="${name}"]`).textContent = value;
    }
  }

  operator.querySelector("[data-export]").addEventListener("click", () => outbox.download(device));
  operator.querySelector("[data-send]").addEventListener("click", () => outbox.flush().then(sync).then(fillOperator));
  operator.querySelector("[data-close]").addEventListener("click", () => operator.close());
  addEventListener("outbox", () => Promise.all([fillOperator(), tally()]).catch(() => {}));

  outbox.greetWith(sync);
  fetchForms();
  install().catch(() => {});
  outbox.adopt(device).catch(() => {}).then(outbox.flush).then(sync);
  setInterval(sync, SYNC_MS);
})();
