/* On a phone the conditions open over the whole list; they stay open, where they were, while one taps through them. */
(() => {
  "use strict";
  const slot = `filters ${location.pathname}`;
  const panel = () => document.querySelector("details.filters");

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".filters[open] .filters-panel a");
    if (!link) return;
    try {
      if (link.closest(".filters-foot")) sessionStorage.removeItem(slot);
      else sessionStorage.setItem(slot, link.closest(".filters-panel").scrollTop);
    } catch { /* without storage the panel closes, as it does without scripts */ }
  }, true);

  const restore = () => {
    let top = null;
    try {
      top = sessionStorage.getItem(slot);
      sessionStorage.removeItem(slot);
    } catch { return; }
    if (top === null || !panel()) return;
    panel().open = true;
    panel().querySelector(".filters-panel").scrollTop = Number(top);
  };
  restore();
  document.addEventListener("htmx:afterSettle", restore);
})();
