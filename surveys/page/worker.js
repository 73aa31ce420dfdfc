// Opens the survey without a network, after the first visit. The server puts two lines before this file: VERSION, a digest
// of every file of the page, and FILES, the addresses of those that scripts and styles come from.
//
// It keeps pages and files, and nothing that anybody typed: answers lie in the outbox, which it never touches.
"use strict";

const CACHE = `sipas-${VERSION}`;
// A network that takes longer than this is as good as none.
const PATIENCE_MS = 3000;

// Under which name a page is kept; none for what is no page of a survey.
function pageName(address) {
  const { origin, pathname, search } = new URL(address);
  if (origin !== location.origin) return null;
  // With a query, it is about to be paired: that is between the visitor and the server.
  if (pathname === "/kiosk" || pathname === "/interview") return search ? null : pathname;
  return /^\/s\/[^/]+$/.test(pathname) ? pathname + search : null;
}

// Fetches a page and keeps it if it is one.
async function renew(cache, name) {
  const reply = await fetch(name, { cache: "no-store", headers: { accept: "text/html" } });
  if (reply.ok && !reply.redirected) await cache.put(name, reply.clone());
  return reply;
}

// A new version fills a cache of its own, beside the old one: files, the pages that are open, and those the old one has.
async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  const addresses = (await clients.matchAll({ type: "window", includeUncontrolled: true })).map((page) => page.url);
  for (const other of await caches.keys()) {
    const requests = other.startsWith("sipas-") ? await (await caches.open(other)).keys() : [];
    addresses.push(...requests.map((request) => request.url));
  }
  const names = new Set(addresses.map(pageName).filter(Boolean));
  await Promise.all([...names].map((name) => renew(cache, name)));
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("sipas-") && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}

// From the network if it answers soon and well, else what is kept.
async function page(name) {
  const cache = await caches.open(CACHE);
  const fresh = renew(cache, name);
  fresh.catch(() => {});
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); });
  const reply = await Promise.race([fresh, late]).catch(() => undefined);
  if (reply && reply.status < 500) return reply;
  const kept = (await cache.match(name)) ?? (await cache.match(name, { ignoreSearch: true }));
  return kept ?? reply ?? fresh;
}

// Its address names its content, so what is kept is right for ever.
async function file(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const reply = await fetch(request);
  if (reply.ok) await cache.put(request, reply.clone());
  return reply;
}

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
// The page says when nobody is answering, so that the version never changes under somebody's hands.
addEventListener("message", (event) => { if (event.data === "take-over") skipWaiting(); });
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const name = pageName(request.url);
  const { origin, pathname, search } = new URL(request.url);
  if (name) event.respondWith(page(name));
  else if (origin === location.origin && pathname.startsWith("/page/") && search) event.respondWith(file(request));
});
