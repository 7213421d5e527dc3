/* The log form: what is typed goes to the server too, and three prompts to begin a sentence with.
   Without this file the form still posts, and the device still keeps the draft (portal.js). */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  const note = form?.querySelector("[data-draft-note]");
  if (form) {
    let wait, running = false, again = false;
    const save = async () => {
      if (running) { again = true; return; }
      running = true;
      const data = new FormData(form);
      ["file", "act"].forEach((name) => data.delete(name));
      data.set("revision", form.dataset.revision || "");
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: data, headers: { Accept: "application/json" } });
        const said = await answer.json();
        if (answer.ok) form.dataset.revision = said.revision;
        if (note && said.said) note.textContent = said.said;
      } catch { /* offline: the device keeps it, and the line under the form has said so */ }
      running = false;
      if (again) { again = false; save(); }
    };
    form.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      clearTimeout(wait);
      wait = setTimeout(save, 1500);
    });
    form.addEventListener("submit", () => clearTimeout(wait));
  }
  document.querySelectorAll("[data-prompts]").forEach((row) => {
    const text = document.getElementById(row.dataset.prompts);
    if (!text) return;
    row.hidden = false;
    row.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const before = text.value.trimEnd();
      const colon = document.documentElement.lang.startsWith("zh") ? "：" : ": ";
      text.value = `${before}${before ? "\n" : ""}${button.textContent.trim()}${colon}`;
      text.focus();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
})();
