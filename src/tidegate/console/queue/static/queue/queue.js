// What is left empty does not stand in the address.
document.querySelector("form.filters")?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
});

// The bar under the rows shows itself when a row is marked, and says how many are.
(() => {
  const bar = document.querySelector("[data-bar]");
  if (!bar) return;
  const count = bar.querySelector("[data-count]");
  const tell = () => {
    const marked = document.querySelectorAll("input[name=task]:checked").length;
    bar.hidden = !marked;
    count.textContent = count.dataset.count.replace("{n}", marked);
  };
  document.addEventListener("change", tell);
  tell();
})();
