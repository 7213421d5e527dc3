/* The directory by keyboard: j and k walk the rows, x ticks one; how many are ticked is said. */
(() => {
  "use strict";
  const table = document.querySelector("[data-rows]");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  const said = document.querySelector("[data-picked]");
  const hint = said?.textContent;

  const walk = (step) => {
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
    next.querySelector("th a").focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const count = () => {
    if (!said) return;
    const number = table.querySelectorAll("input[name=unit]:checked").length;
    said.textContent = number ? said.dataset.pickedText.replace("{n}", number) : hint;
  };
  document.addEventListener("keydown", (event) => {
    const typing = /^(TEXTAREA|SELECT)$/.test(event.target.tagName) || (event.target.tagName === "INPUT" && event.target.type !== "checkbox");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") walk(1);
    if (event.key === "k") walk(-1);
    if (event.key === "x") {
      rows.find((row) => row.contains(document.activeElement))?.querySelector("input[name=unit]")?.click();
      count();
    }
  });
  table.addEventListener("change", () => setTimeout(count));
  addEventListener("pageshow", count);
})();
