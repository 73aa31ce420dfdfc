// Keeps answers on this device until the server has confirmed that they are stored.
//
// An answer leaves the outbox when the server says 201 or 200. One that is refused for good is moved aside, where it can
// be exported. Whatever else happens, it stays and is sent again: nothing is given up because it has grown old.
"use strict";

const outbox = (() => {
  const FINAL = [400, 404, 409, 413, 415, 422];
  const REPLY_MS = 30_000;
  // Longer than a reply may take, so that whoever sends keeps the turn until the reply is here.
  const TURN_MS = 2 * REPLY_MS;
  const MAX_WAIT_MS = 5 * 60_000;

  // The database. `device` holds the highest number given to an answer, and what the server last said of the device.

  let opening;
  function database() {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open("sipas", 1);
      request.onupgradeneeded = () => {
        const outbox = request.result.createObjectStore("outbox", { keyPath: "place", autoIncrement: true });
        outbox.createIndex("id", "body.id", { unique: true });
        request.result.createObjectStore("aside", { keyPath: "body.id" });
        request.result.createObjectStore("device");
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => { request.result.close(); opening = undefined; };
        request.result.onclose = () => { opening = undefined; };
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    });
    opening.catch(() => { opening = undefined; });
    return opening;
  }

  const result = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  // Does `work` in one transaction: all of it is on disk when the promise resolves, or none of it ever.
  async function transact(mode, work) {
    const names = ["outbox", "aside", "device"];
    const transaction = (await database()).transaction(names, mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new Error("the answer could not be kept"));
    });
    try {
      const [value] = await Promise.all([work(...names.map((name) => transaction.objectStore(name))), done]);
      return value;
    } catch (failure) {
      try { transaction.abort(); } catch { /* It is over already. */ }
      throw failure;
    }
  }

  const read = (work) => transact("readonly", work);
  const write = (work) => transact("readwrite", work);

  // Puts a finished sitting into the outbox, and on an enrolled device gives it its number in the same transaction. A
  // sitting that was put there before, and came back to be mended, keeps its number.
  async function put(round, body, numbered) {
    navigator.storage?.persist?.().catch(() => {});
    return write(async (outbox, aside, device) => {
      const waiting = await result(outbox.index("id").get(body.id));
      const before = waiting ?? await result(aside.get(body.id));
      if (numbered) {
        const assigned = (await result(device.get("assigned"))) ?? 0;
        body.sequence = before?.body.sequence ?? assigned + 1;
        device.put(Math.max(assigned, body.sequence), "assigned");
        if (!before) device.put({ day: today(), n: await givenToday(device) + 1 }, "today");
      }
      aside.delete(body.id);
      const entry = { round, body, since: waiting?.since ?? Date.now() };
      outbox.put(waiting ? { ...entry, place: waiting.place } : entry);
    });
  }

  // How many sittings there were today, by the device's own clock.
  const today = () => new Date().toDateString();
  async function givenToday(device) {
    const last = await result(device.get("today"));
    return last?.day === today() ? last.n : 0;
  }

  // Numbers belong to a device. When this browser is enrolled anew, under another name, or its database was wiped but not its
  // key, it does not know which numbers the server has seen. Until it does, what is answered is numbered from 1 for the time
  // being and nothing of it is sent: so no number is ever given twice, and none is left out that would look like a loss.
  const adopt = (name) => write(async (outbox, _, device) => {
    if (await result(device.get("name")) === name) return;
    const waiting = await result(outbox.getAll());
    waiting.forEach((entry, index) => outbox.put({ ...entry, body: { ...entry.body, sequence: index + 1 } }));
    device.put(waiting.length, "assigned");
    device.put(name, "name");
    device.put(true, "isFresh");
  });

  // The server has said which is the highest number it has seen.
  const goOnAbove = (highest) => write(async (outbox, _, device) => {
    const assigned = (await result(device.get("assigned"))) ?? 0;
    if (!await result(device.get("isFresh"))) {
      if (assigned < highest) device.put(highest, "assigned");
      return;
    }
    for (const entry of await result(outbox.getAll())) {
      outbox.put({ ...entry, body: { ...entry.body, sequence: highest + entry.body.sequence } });
    }
    device.put(highest + assigned, "assigned");
    device.delete("isFresh");
  });

  // Takes a sitting back that was refused while its citizen is still there to mend it.
  const withdraw = (id) => write(async (outbox, aside) => {
    aside.delete(id);
    const waiting = await result(outbox.index("id").getKey(id));
    if (waiting !== undefined) outbox.delete(waiting);
  });

  // Sending.

  // Sends one entry; true when it has left the outbox, else how long the server asks to wait, in milliseconds.
  async function send(entry) {
    const reply = await post(entry);
    if (reply.status === 200 || reply.status === 201) {
      await write(async (outbox) => { outbox.delete(entry.place); });
      return true;
    }
    const problem = await reply.json().catch(() => ({}));
    const bits = reply.status === 428 && Number(/\d+/.exec(problem.detail ?? ""));
    if (bits && !entry.body.proof) {
      return send({ ...entry, body: { ...entry.body, proof: await prove(entry.body.id, bits) } });
    }
    if (FINAL.includes(reply.status)) {
      const slug = String(problem.type ?? "").replace("/problems/", "");
      const why = { status: reply.status, slug, detail: problem.detail, faults: problem.faults };
      await write(async (outbox, aside) => {
        aside.put({ ...entry, why, refused: Date.now() });
        outbox.delete(entry.place);
      });
      return true;
    }
    const refused = new Error(`the server said ${reply.status}`);
    refused.status = reply.status;
    refused.waitMs = 1000 * Number(reply.headers.get("retry-after") ?? 0) || 0;
    throw refused;
  }

  function post({ round, body }) {
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(), REPLY_MS);
    const headers = { "content-type": "application/json", accept: "application/json" };
    const address = `/v1/rounds/${encodeURIComponent(round)}/responses`;
    return fetch(address, { method: "POST", headers, body: JSON.stringify(body), signal: giveUp.signal });
  }

  // Sends everything, the oldest first. An entry the server stumbles over (500) does not hold up those behind it; any
  // other failure is the network's or the whole server's, and ends the round.
  async function sendAll() {
    if (await recall("isFresh")) await greet();
    let after = 0;
    let stumbled;
    for (;;) {
      const next = IDBKeyRange.lowerBound(after, true);
      const [entry] = await read((outbox) => result(outbox.getAll(next, 1)));
      if (!entry) break;
      after = entry.place;
      if (entry.body.sequence && await recall("isFresh")) throw new Error("the server has not said which numbers it has");
      try {
        await send(entry);
        failures = 0;
      } catch (failure) {
        if (failure.status !== 500) throw failure;
        stumbled = failure;
      }
    }
    if (stumbled) throw stumbled;
  }

  // One tab at a time: a lock where the browser has them, else a turn that is noted in the database.
  async function alone(work) {
    if (navigator.locks) return navigator.locks.request("sipas-outbox", work);
    const me = newId();
    const takeTurn = () => write(async (_, __, device) => {
      const turn = await result(device.get("turn"));
      const free = !turn || turn.owner === me || turn.until < Date.now();
      if (free) device.put({ owner: me, until: Date.now() + TURN_MS }, "turn");
      return free;
    });
    if (!await takeTurn()) throw new Error("another tab is sending");
    const renewing = setInterval(takeTurn, TURN_MS / 4);
    try {
      return await work();
    } finally {
      clearInterval(renewing);
      await write(async (_, __, device) => { device.delete("turn"); });
    }
  }

  // How an enrolled device asks the server what it knows of it; whoever knows how says so.
  let greet = async () => {};
  const greetWith = (work) => { greet = work; };

  let failures = 0;
  let timer;
  let sending;

  // Sends what waits, and sees to it that it is tried again later if that fails. Never rejects.
  function flush() {
    sending ??= (async () => {
      clearTimeout(timer);
      try {
        await alone(sendAll);
        timer = setTimeout(flush, MAX_WAIT_MS);
      } catch (failure) {
        const doubled = Math.min(1000 * 2 ** failures++, MAX_WAIT_MS);
        timer = setTimeout(flush, Math.max(doubled * (0.5 + Math.random() / 2), failure.waitMs ?? 0));
      }
      sending = undefined;
      dispatchEvent(new Event("outbox"));
    })();
    return sending;
  }

  // What became of one sitting: "stored", "waiting", or why it was refused. Asks the server for at most so long.
  async function deliver(id, ms) {
    const late = new Promise((resolve) => { setTimeout(resolve, ms); });
    // A round under way may have passed the sitting by, so one more is due behind it.
    await Promise.race([late, (sending ?? Promise.resolve()).then(flush)]);
    return read(async (outbox, aside) => {
      if (await result(outbox.index("id").getKey(id)) !== undefined) return "waiting";
      return (await result(aside.get(id)))?.why ?? "stored";
    });
  }

  addEventListener("online", () => { failures = 0; flush(); });
  addEventListener("pageshow", flush);
  addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") flush(); });

  // For whoever looks after the device.

  const state = () => read(async (outbox, aside, device) => {
    const [waiting, refused, assigned, [oldest], isFresh, given] = await Promise.all([
      result(outbox.count()), result(aside.count()), result(device.get("assigned")), result(outbox.getAll(null, 1)),
      result(device.get("isFresh")), givenToday(device),
    ]);
    return { waiting, aside: refused, assigned: assigned ?? 0, since: oldest?.since, isFresh: Boolean(isFresh), today: given };
  });

  // Everything as JSON Lines, which `sipas responses import` reads.
  async function exported(device) {
    const all = await read(async (outbox, aside) => [...await result(aside.getAll()), ...await result(outbox.getAll())]);
    // Numbers for the time being say nothing to anybody else.
    const isFresh = await recall("isFresh");
    const told = (body) => (isFresh ? { ...body, sequence: undefined } : body);
    return all.map(({ round, body }) => `${JSON.stringify({ round, device, body: told(body) })}\n`).join("");
  }

  async function download(device) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await exported(device)], { type: "application/jsonl" }));
    link.download = `sipas-outbox-${device ?? "phone"}-${new Date().toISOString().slice(0, 10)}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  const recall = (name) => read((_, __, device) => result(device.get(name)));
  const remember = (name, value) => write(async (_, __, device) => { device.put(value, name); });

  // A random id (UUID v4). Pages that come over plain http have no `randomUUID`.
  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  return { put, adopt, goOnAbove, greetWith, withdraw, flush, deliver, state, exported, download, recall, remember, newId };
})();
