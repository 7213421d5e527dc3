/* What a page does beyond reading and posting: toasts heard, drafts kept, deadlines counted, forms sent once.
   Every part stands alone; without this file each page still reads and each form still posts. */
(() => {
  "use strict";
  const doc = document;
  const root = doc.documentElement;
  const texts = doc.getElementById("texts")?.dataset || {};
  const say = (text) => { const live = doc.getElementById("live"); if (live) { live.textContent = ""; setTimeout(() => { live.textContent = text; }, 60); } };
  const hhmm = (date) => date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  const make = (tag, properties) => Object.assign(doc.createElement(tag), properties);
  const each = (selector, act, within = doc) => within.querySelectorAll(selector).forEach(act);

  /* The server's clock: one difference measured when the page came. */
  const stamp = Date.parse(doc.querySelector('meta[name="server-time"]')?.content);
  const offset = Number.isNaN(stamp) ? 0 : stamp - Date.now();
  const serverNow = () => Date.now() + offset;

  /* Toasts */
  const toast = (text, label, undo, silent) => {
    const line = make("div", { className: "toast-line" });
    line.append(make("p", { textContent: text }));
    if (undo) {
      const button = make("button", { type: "button", textContent: label });
      button.addEventListener("click", () => { line.remove(); undo(); });
      line.append(button);
    }
    doc.querySelector(".toasts")?.append(line);
    line.addEventListener("animationend", () => line.remove());
    if (!silent) say(text);
    return line;
  };
  each(".toast-line[data-toast]", (line) => {
    setTimeout(() => say(line.querySelector("p").textContent), 300);
    line.addEventListener("animationend", () => line.remove());
  });

  /* A form goes off once. The pressed button keeps its width and says so; coming back frees it. */
  const release = (form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    each("[data-said]", (button) => {
      button.innerHTML = button.dataset.said;
      button.removeAttribute("aria-busy");
      button.style.removeProperty("min-width");
      delete button.dataset.said;
    }, form);
  };
  doc.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.hasAttribute("data-again")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    root.classList.add("is-loading");
    const button = event.submitter;
    if (button?.classList.contains("btn")) {
      button.style.minWidth = `${button.offsetWidth}px`;
      button.dataset.said = button.innerHTML;
      button.setAttribute("aria-busy", "true");
      setTimeout(() => { if (button.dataset.said) button.textContent = texts.sending; }, 300);
    }
    /* A download answers without leaving the page. */
    setTimeout(() => { release(form); root.classList.remove("is-loading"); }, 15000);
  });
  addEventListener("pageshow", () => {
    root.classList.remove("is-loading");
    each("form[data-sent]", release);
  });
  doc.addEventListener("htmx:afterRequest", (event) => { const form = event.target.closest?.("form"); if (form) release(form); });

  /* htmx: the line on top, the token, focus that stays where it was. */
  doc.addEventListener("htmx:beforeRequest", () => root.classList.add("is-loading"));
  doc.addEventListener("htmx:afterRequest", () => root.classList.remove("is-loading"));
  doc.addEventListener("htmx:configRequest", (event) => {
    const token = doc.querySelector("[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });
  doc.addEventListener("htmx:load", (event) => {
    const part = event.detail.elt;
    start(part);
    const said = part !== doc.body && (part.matches("[data-say]") ? part : part.querySelector("[data-say]"));
    if (said) say(said.dataset.say);
  });

  /* Drafts: what is typed stays on this device until the server has it. Key: data-draft, fresh per form and person. */
  const skipped = (control) => !control.name || ["hidden", "password", "file", "submit", "button"].includes(control.type);
  const read = (form) => [...form.elements].filter((control) => !skipped(control)).map((control) => (
    ["checkbox", "radio"].includes(control.type) ? [control.name, control.value, control.checked] : [control.name, control.value]));
  const write = (form, rows) => rows.forEach(([name, value, checked]) => {
    [...form.elements].filter((control) => control.name === name && !skipped(control)).forEach((control) => {
      if (checked === undefined) control.value = value;
      else if (control.value === value) control.checked = checked;
    });
  });
  const store = {
    get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* a full or forbidden store keeps nothing */ } },
  };
  const draft = (form) => {
    const key = `draft:${form.dataset.draft}`;
    const note = form.querySelector("[data-draft-note]") || form.appendChild(make("p", { className: "saved" }));
    const first = JSON.stringify(read(form));
    const kept = store.get(key);
    /* A page that came back with errors shows what was sent; that is newer than the store. */
    if (kept && !form.querySelector("[aria-invalid=true]") && JSON.stringify(kept.rows) !== first) {
      write(form, kept.rows);
      note.textContent = `${texts.restored} ${hhmm(new Date(kept.at))} `;
      const button = make("button", { type: "button", className: "btn-plain", textContent: texts.discard });
      button.addEventListener("click", () => { store.drop(key); write(form, JSON.parse(first)); note.textContent = ""; });
      note.append(button);
    }
    let wait;
    form.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(() => {
        if (store.set(key, { at: Date.now(), rows: read(form) })) note.textContent = `${navigator.onLine ? texts.saved : texts.kept} ${hhmm(new Date(serverNow()))}`;
      }, 400);
    });
    form.addEventListener("submit", () => store.set("draft-sent", key));
  };
  /* The next page without that form's errors means the server has it. */
  const sent = store.get("draft-sent");
  if (sent) {
    if (!doc.querySelector("[data-not-saved], [aria-invalid=true], input[type=password]")) store.drop(sent);
    store.drop("draft-sent");
  }
  /* Who signs out leaves nothing typed behind on a shared device. */
  doc.addEventListener("submit", (event) => {
    if (/logout/.test(event.target.action)) Object.keys(localStorage).filter((key) => key.startsWith("draft:")).forEach(store.drop);
  });
  const line = () => { const bar = doc.getElementById("offline"); if (bar) bar.hidden = navigator.onLine; };
  addEventListener("online", line);
  addEventListener("offline", line);
  line();
  doc.addEventListener("submit", (event) => {
    if (!navigator.onLine && event.target.dataset.draft) { event.preventDefault(); line(); doc.getElementById("offline")?.scrollIntoView(); }
  }, true);

  /* Deadlines by the server's clock. Past it, what would be refused is taken away and the reason said. */
  const unit = (key, number) => (texts[key] || "{n}").replace("{n}", number);
  const both = (one, two) => one + (/\w$/.test(one) && two ? " " : "") + two;
  const left = (ms) => {
    const minutes = Math.floor(ms / 60000);
    const [d, h, m] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    if (d >= 7) return unit("day", d);
    if (d) return both(unit("day", d), h ? unit("hour", h) : "");
    if (h) return both(unit("hour", h), m ? unit("minute", m) : "");
    return m ? unit("minute", m) : unit("second", Math.max(Math.floor(ms / 1000), 0));
  };
  const banner = (text) => {
    let bar = doc.querySelector(".deadline-banner");
    if (bar?.textContent === text) return;
    if (!bar) {
      bar = make("div", { className: "notice notice-warn deadline-banner" });
      bar.setAttribute("role", "status");
      doc.querySelector(".page")?.prepend(bar);
    }
    bar.textContent = text;
  };
  const tick = () => {
    const now = serverNow();
    each("[data-deadline]", (element) => {
      const ms = Date.parse(element.dataset.deadline) - now;
      if (Number.isNaN(ms)) return;
      const shut = ms <= 0;
      const text = shut ? element.dataset.closed || texts.closed : (texts.left || "{s}").replace("{s}", left(ms));
      if (!element.matches("[data-quiet]") && element.textContent !== text) element.textContent = text;
      if (shut) {
        const before = doc.querySelectorAll("[data-until-closing]:not([disabled])");
        before.forEach((control) => { control.disabled = true; control.setAttribute("aria-disabled", "true"); if (control.href) control.removeAttribute("href"); });
        if (before.length || element.matches("[data-banner]")) banner(element.dataset.closed || texts.closed);
      } else if (ms < 600000 && element.matches("[data-banner]")) {
        banner((texts.soon || "").replace("{n}", Math.ceil(ms / 60000)));
      }
    });
  };
  if (doc.querySelector("[data-deadline]")) {
    tick();
    setInterval(tick, 1000);
    if (Math.abs(offset) > 120000) toast((texts.clock || "").replace("{n}", Math.round(Math.abs(offset) / 60000)).replace("{t}", hhmm(new Date(serverNow()))));
  }

  /* Menus close on Escape and on a press elsewhere; / finds the search. */
  doc.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = doc.querySelector("[data-search-key]");
      if (search?.offsetParent) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (event.key === "Escape") each(".menu[open], .filters[open]", (menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });
  doc.addEventListener("click", (event) => each(".menu[open]", (menu) => { if (!menu.contains(event.target)) menu.open = false; }));

  /* Select all; submit on change where a form says so; print. */
  doc.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset.selectAll !== undefined) each(`input[name="${box.dataset.selectAll}"]`, (one) => { one.checked = box.checked; });
    if (box.closest("[data-auto-submit]")) box.form.requestSubmit();
  });
  doc.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });

  /* A summary of errors takes the focus, so that it is read first. */
  doc.querySelector(".error-summary:not([data-quiet])")?.focus();

  const start = (within) => {
    each("form[data-draft]:not([data-live])", (form) => { form.dataset.live = "1"; draft(form); }, within);
  };
  start(doc);
  window.portal = { say, toast, texts, serverNow };
})();
