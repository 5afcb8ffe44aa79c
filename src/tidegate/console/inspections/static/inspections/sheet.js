// The form of an inspection with a bad connection: kept in this browser at each change, sent once when there is a way.
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const key = form.dataset.draft, said = form.dataset, state = form.querySelector("[data-state]");
  const EDGE = 2048, AGAIN = 15000, PATIENCE = 180000;
  let draft = { key, fields: {}, waiting: false }, later, again, busy = false, keeps = true, over = false;

  const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const show = (text, kind = "") => { state.textContent = text; state.className = `state ${kind}`; state.hidden = false; };
  const entered = () => Object.fromEntries([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken"));

  const keep = async () => {
    clearTimeout(later);
    if (over) return;
    draft.fields = entered();
    try {
      await drafts.put(draft);
      if (!draft.waiting) show(said.kept.replace("{}", clock()));
    } catch { keeps = false; show(said.unkept, "wrong"); }
  };
  const soon = () => { clearTimeout(later); later = setTimeout(keep, 300); };

  const fill = (fields) => {
    for (const field of form.elements) {
      if (!(field.name in fields) || field.name === "csrfmiddlewaretoken") continue;
      if (field.type === "radio") field.checked = field.value === fields[field.name];
      else if (field.type !== "file") field.value = fields[field.name];
    }
    for (const fold of form.querySelectorAll("details")) fold.open ||= [...fold.querySelectorAll("input")].some((field) => field.value && !field.name.endsWith("unit"));
  };

  const place = (photo) => {
    const strip = form.querySelector(`[data-photos="${photo.field}"]`);
    if (!strip) return;
    const figure = document.createElement("figure"), image = new Image(), away = document.createElement("button");
    image.src = URL.createObjectURL(photo.blob);
    image.alt = "";
    away.type = "button";
    away.className = "second";
    away.textContent = said.remove;
    away.addEventListener("click", async () => { await drafts.remove(photo.id); figure.remove(); keep(); });
    figure.append(image, away);
    strip.append(figure);
  };

  // Photos are made smaller here: less to send. What is no photo cannot be drawn, and is not kept.
  const smaller = async (file) => {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return new Promise((done, failed) => canvas.toBlob((blob) => blob ? done(blob) : failed(), "image/jpeg", 0.85));
  };
  const taken = async (input) => {
    for (const file of [...input.files]) {
      try {
        const photo = { key, field: input.name, name: file.name || "photo.jpg", blob: await smaller(file) };
        photo.id = await drafts.add(photo);
        place(photo);
      } catch { wrong([{ field: input.id, text: said.photo }]); }
    }
    input.value = "";
    keep();
  };

  const wrong = (errors) => {
    for (const error of errors) {
      const field = document.getElementById(error.field);
      const near = field?.closest(".field, .choice, .shots");
      const line = document.createElement("p");
      line.className = "error";
      line.dataset.told = "";
      line.textContent = error.text;
      near?.classList.add("wrong");
      if (near) near.prepend(line); else state.after(line);
    }
    const first = document.querySelector("[data-told]");
    first?.scrollIntoView({ block: "center" });
    (first?.parentElement.querySelector("input, select, textarea") || first)?.focus?.({ preventScroll: true });
  };
  // Told here, as there may be nobody to ask: a choice that was not made, a kind of offence that was not named.
  const missing = () => {
    const open = [...form.querySelectorAll(".choice")].filter((choice) => !choice.querySelector(":checked"));
    const nameless = [...form.querySelectorAll(".part:has(input[value=found]:checked) select")].filter((kind) => !kind.value);
    return [...open, ...nameless].map((field) => ({ field: field.id, text: said.answer }));
  };
  const clean = () => {
    for (const line of form.querySelectorAll("[data-told]")) { line.parentElement.classList.remove("wrong"); line.remove(); }
  };

  const wait = async () => {
    draft.waiting = true;
    await keep();
    show(said.waiting, "waiting");
    clearTimeout(again);
    again = setTimeout(send, AGAIN);
  };
  const stop = async (text) => { draft.waiting = false; await keep(); show(text, "wrong"); };

  const done = async (answer) => {
    over = true;
    clearTimeout(later);
    self.caches?.open("tidegate-inspections").then((kept) => kept.delete(location.href)).catch(() => {});
    try { await drafts.forget(key); } catch { /* it is sent; the server knows the draft again */ }
    const record = document.createElement("a"), next = document.createElement("a"), bar = document.createElement("p");
    record.href = answer.where;
    record.textContent = said.record;
    next.href = said.index;
    next.textContent = said.next;
    record.className = "button second";
    next.className = "button";
    bar.className = "bar";
    bar.append(next, record);
    show(said.sent.replace("{}", answer.sent));
    for (const part of [...form.parentElement.children]) if (part !== form && !part.matches("h1")) part.remove();
    form.replaceChildren(state, bar);
    window.scrollTo(0, 0);
    next.focus();
  };

  const send = async () => {
    if (busy || over) return;
    busy = true;
    clearTimeout(again);
    clean();
    show(said.sending);
    try {
      const body = new FormData();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
      for (const photo of keeps ? await drafts.photos(key) : []) body.append(photo.field, photo.blob, photo.name);
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
      const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
      if (answer.ok && told) await done(told);
      else if (told) { await stop(said.refused); wrong(told.errors); }
      else if (answer.redirected || answer.status === 403) await stop(said.signin);
      else if (answer.status >= 500 || answer.status === 429) await wait();
      else await stop(said.refused);
    } catch { await wait(); }
    busy = false;
  };

  form.addEventListener("submit", async (event) => {
    if (!keeps) return;  // as without this script: the browser sends the form
    event.preventDefault();
    clean();
    await keep();
    const wanting = missing();
    if (!wanting.length) return send();
    show(said.refused, "wrong");
    wrong(wanting);
  });
  form.addEventListener("input", (event) => {
    const line = event.target.closest(".wrong")?.querySelector("[data-told]");
    if (line) { line.parentElement.classList.remove("wrong"); line.remove(); }
  });
  form.addEventListener("input", (event) => { if (event.target.type !== "file") { draft.waiting = false; clearTimeout(again); soon(); } });
  form.addEventListener("change", (event) => { if (event.target.type === "file" && keeps) taken(event.target); });
  addEventListener("pagehide", keep);
  addEventListener("online", () => { if (draft.waiting) send(); });

  (async () => {
    try {
      const held = await drafts.get(key);
      form.classList.add("live");
      form.noValidate = true;
      navigator.storage?.persist?.();
      if (!held) return;
      draft = held;
      if ("bound" in said) await keep(); else fill(held.fields);
      for (const photo of await drafts.photos(key)) place(photo);
      if (draft.waiting) send(); else show(said.kept.replace("{}", clock()));
    } catch { keeps = form.noValidate = false; form.classList.remove("live"); show(said.unkept, "wrong"); }
  })();
})();
