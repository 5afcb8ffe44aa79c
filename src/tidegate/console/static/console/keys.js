// The keyboard in every table of rows that are links: j and k move, enter opens, x marks, / searches, ? tells.
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  let at = -1;
  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    at = Math.min(Math.max(at + step, 0), all.length - 1);
    (all[at].querySelector("a") || all[at]).focus();
  };
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) at = rows().indexOf(row);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x") rows()[at]?.querySelector("input[type=checkbox]")?.click();
    else if (event.key === "/") document.querySelector("[data-search]")?.focus();
    else if (event.key === "?") document.querySelector("[data-keys]")?.showModal?.();
    else return;
    event.preventDefault();
  });
})();
