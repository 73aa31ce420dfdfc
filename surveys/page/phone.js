// The survey page on a citizen's own device: an answer that cannot be sent now is kept and sent later.
"use strict";

(() => {
  const form = document.getElementById("survey");
  if (!form || !window.indexedDB) return;
  // A page out of a cache brings the same id every time, so each sitting makes its own. Only a form that came back with
  // faults goes on under the id it had.
  const isNew = "new" in form.dataset;
  let id = isNew ? outbox.newId() : form.elements.response_id.value;
  let begun = performance.now();
  let isOver = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isOver) return;
    isOver = true;
    form.setAttribute("aria-busy", "true");
    const channel = matchMedia("(pointer: coarse)").matches ? "phone" : "web";
    // How long it took is known only of a form that was answered in one go.
    const seconds = isNew ? (performance.now() - begun) / 1000 : undefined;
    try {
      await outbox.put(sitting.round(form), sitting.body(form, { id, channel, seconds }), false);
      await settle(await outbox.deliver(id, 10_000));
    } catch {
      // Nothing can be kept here; the form still goes the plain way.
      submitPlainly();
    }
  });

  async function settle(outcome) {
    if (outcome === "stored") return thank();
    if (outcome === "waiting") return showKept();
    // The server's own page says best what is wrong, with everything that was typed still there.
    await outbox.withdraw(id);
    submitPlainly();
  }

  function thank() {
    form.reset();
    const [path, query] = form.getAttribute("action").split("?");
    // The thanks take the form's place, so that "back" does not lead to the answers.
    location.replace(`${path}/thanks${query ? `?${query}` : ""}`);
  }

  function submitPlainly() {
    isOver = false;
    form.removeAttribute("aria-busy");
    form.elements.response_id.value = id;
    form.submit();
  }

  function showKept() {
    const kept = document.getElementById("kept").content.cloneNode(true);
    document.querySelector(".skip")?.remove();
    document.querySelector("main").replaceWith(kept);
    document.querySelector("main h1").focus();
    addEventListener("outbox", async () => {
      const outcome = await outbox.deliver(id, 0);
      if (outcome === "stored") thank();
    });
  }

  // Another person may stand before a page that the browser kept whole.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (isOver) return location.reload();
    begun = performance.now();
  });

  // What has waited for long, or was refused, can be carried to the office as a file.
  async function offerExport() {
    const { aside, since } = await outbox.state();
    const long = since && Date.now() - since > 24 * 3600 * 1000;
    for (const offer of document.querySelectorAll("[data-export]")) offer.hidden = !(aside || long);
  }
  addEventListener("outbox", () => offerExport().catch(() => {}));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-export] button")) outbox.download(null);
  });

  navigator.serviceWorker?.register("/worker.js", { scope: "/" }).catch(() => {});
})();
