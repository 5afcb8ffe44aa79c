// Drafts of inspections in this browser's own database: what was entered, and photos, until they are sent.
const drafts = (() => {
  const asked = (request) => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });
  let opened;
  const open = () => opened ||= new Promise((done, failed) => {
    const request = indexedDB.open("tidegate-inspections", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("drafts", { keyPath: "key" });
      request.result.createObjectStore("photos", { keyPath: "id", autoIncrement: true }).createIndex("key", "key");
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const store = async (name, mode = "readonly") => (await open()).transaction(name, mode).objectStore(name);
  // What the worker keeps of pages belongs to who is signed in.
  const pages = "tidegate-inspections", me = document.documentElement.querySelector("[data-officer]")?.dataset.officer;
  navigator.serviceWorker?.register("/inspections/worker.js").catch(() => {});
  document.querySelector("[href$='/logout/']")?.addEventListener("click", () => self.caches?.delete(pages));
  try {
    if (me && localStorage.getItem("tidegate-officer") !== me) self.caches?.delete(pages);
    if (me) localStorage.setItem("tidegate-officer", me);
  } catch { /* a browser that keeps nothing */ }
  return {
    all: async () => asked((await store("drafts")).getAll()),
    get: async (key) => asked((await store("drafts")).get(key)),
    put: async (draft) => asked((await store("drafts", "readwrite")).put(draft)),
    photos: async (key) => asked((await store("photos")).index("key").getAll(key)),
    add: async (photo) => asked((await store("photos", "readwrite")).add(photo)),
    remove: async (id) => asked((await store("photos", "readwrite")).delete(id)),
    forget: async (key) => {
      for (const photo of await drafts.photos(key)) await drafts.remove(photo.id);
      await asked((await store("drafts", "readwrite")).delete(key));
    },
  };
})();
