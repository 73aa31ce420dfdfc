// One person's answers, as they are sent.
"use strict";

const sitting = (() => {
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
    for (const [field, name] of [["receipt", "receipt"], ["website", "trap"]]) {
      const typed = form.elements[field]?.value?.trim();
      if (typed) body[name] = typed;
    }
    return body;
  }

  const round = (form) => form.elements.round.value;

  return { body, round };
})();
