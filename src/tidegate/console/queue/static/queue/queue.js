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
