// In the list of tasks: which have a draft on this phone, and which wait to be sent. On a record: its draft is not needed any more.
(async () => {
  const list = document.querySelector("[data-user]"), sent = document.querySelector("[data-sent]")?.dataset.sent;
  if (!list && !sent) return;
  for (const draft of await drafts.all()) {
    if (sent && draft.fields.draft_id === sent) await drafts.forget(draft.key);
    const [user, task] = draft.key.split("-");
    const place = list && user === list.dataset.user && list.querySelector(`[data-task="${task}"] .draft`);
    if (!place) continue;
    place.textContent = draft.waiting ? list.dataset.waiting : list.dataset.kept;
    place.hidden = false;
  }
})().catch(() => {});  // a browser that keeps nothing has no drafts to tell of
