// A task that was opened on this phone opens again without a connection. Pages are asked of the node first, always;
// what is kept of them counts for a shift, and goes when its officer signs out.
const KEPT = "tidegate-inspections", SHIFT = 8 * 60 * 60 * 1000;
const PAGE = /^\/inspections\/(\d+\/)?$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event, where = new URL(request.url);
  const page = request.mode === "navigate" && PAGE.test(where.pathname);
  if (request.method === "GET" && where.origin === location.origin && (page || where.pathname.startsWith("/static/"))) event.respondWith(asked(request, page));
});

const asked = async (request, page) => {
  const kept = await caches.open(KEPT);
  let answer;
  try {
    answer = await fetch(request);
  } catch (failure) {
    const held = await kept.match(request, { ignoreVary: true });
    if (held && (!page || Date.now() - Date.parse(held.headers.get("Date")) < SHIFT)) return held;
    throw failure;
  }
  if (answer.ok) await kept.put(request, answer.clone());
  else if (page) await kept.delete(request);  // sent already, not this officer's, or not signed in any more
  return answer;
};
