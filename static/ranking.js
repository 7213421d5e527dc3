/* Ordering by drag and by keyboard, on top of the form posts of ranked_list.html. The server's order is the only one. */
(() => {
  "use strict";
  const { say, toast } = window.portal;
  const put = (text, row, place, total) => (text || "").replace("{s}", row.dataset.title).replace("{n}", place).replace("{t}", total);

  const live = (list) => {
    const words = list.dataset;
    const rows = () => [...list.children];
    const place = (row) => rows().indexOf(row) + 1;
    const renumber = () => rows().forEach((row, at, all) => {
      row.querySelector(".rank-number").textContent = at + 1;
      const [up, down] = [row.querySelector(".rank-up"), row.querySelector(".rank-down")];
      if (up) { up.value = at; up.disabled = at === 0; }
      if (down) { down.value = at + 2; down.disabled = at === all.length - 1; }
    });
    const seat = (row, to) => {
      const others = rows().filter((one) => one !== row);
      list.insertBefore(row, others[to - 1] || null);
      renumber();
    };
    const mark = (row) => {
      rows().forEach((one) => one.classList.toggle("is-moved", one === row));
    };
    /* Moves go off one after the other; if one fails the list goes back to what the server has. */
    let queue = Promise.resolve();
    const send = (row, to, from, undoing) => {
      mark(row);
      say(put(words.sayMoved, row, to, rows().length));
      /* Sent one after the other, each names the draft it has seen: the answer to the last one says its number. */
      const body = () => new URLSearchParams({ row: row.dataset.row, to: String(to), revision: words.revision || "", csrfmiddlewaretoken: (row.querySelector("[name=csrfmiddlewaretoken]") || list.parentElement.querySelector("[name=csrfmiddlewaretoken]")).value });
      queue = queue.then(() => fetch(words.moveUrl, { method: "POST", body: body(), headers: { "X-Requested-With": "fetch", Accept: "text/html" }, redirect: "manual" }))
        .then((answer) => {
          if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(String(answer.status));
          follow(answer.headers.get("X-Revision"));
          list.dispatchEvent(new CustomEvent("ranking:moved", { bubbles: true }));
          if (!undoing) toast(put(words.toast, row, to, rows().length), words.undo, () => { seat(row, from); send(row, from, to, true); }, true);
        })
        .catch(() => { seat(row, from); mark(null); say(words.failed); failed(words.failed); });
    };
    /* Forms of the page that name the draft or its order go along with the move. */
    const follow = (revision) => {
      if (!revision) return;
      words.revision = revision;
      document.querySelectorAll("input[name=revision]").forEach((input) => { input.value = revision; });
      document.querySelectorAll("form[data-follow]").forEach((form) => {
        const codes = [...form.querySelectorAll("input[name=code]")];
        rows().forEach((row, at) => { if (codes[at]) codes[at].value = row.dataset.row; });
      });
    };
    const failed = (text) => {
      let box = list.previousElementSibling;
      if (!box?.matches(".notice-error")) {
        box = Object.assign(document.createElement("div"), { className: "notice notice-error" });
        list.before(box);
      }
      box.textContent = text;
    };

    /* Each row has a form of its own, or one form around the list serves them all. */
    (list.closest("form[data-move]") || list).addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.matches("[data-move]") || !event.submitter) return;
      event.preventDefault();
      const row = event.submitter.closest(".rank-row");
      const [from, to] = [place(row), Number(event.submitter.value)];
      seat(row, to);
      const button = event.submitter.disabled ? row.querySelector("button:not(:disabled)") : event.submitter;
      button?.focus();
      send(row, to, from);
    });

    let lifted = null;
    const lay = (row, keep) => {
      const from = lifted.from;
      lifted = null;
      row.classList.remove("is-lifted");
      if (!keep) { seat(row, from); say(put(words.sayBack, row, from)); } else if (place(row) !== from) send(row, place(row), from);
      row.querySelector(".rank-grip").focus();
    };
    list.addEventListener("keydown", (event) => {
      const grip = event.target.closest(".rank-grip");
      if (!grip) return;
      const row = grip.closest(".rank-row");
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (event.key === " ") {
        event.preventDefault();
        if (lifted) { lay(row, true); return; }
        lifted = { from: place(row) };
        row.classList.add("is-lifted");
        say(put(words.sayLifted, row));
      } else if (lifted && event.key === "Escape") {
        lay(row, false);
      } else if (lifted && step) {
        event.preventDefault();
        const to = Math.min(Math.max(place(row) + step, 1), rows().length);
        seat(row, to);
        grip.focus();
        say(put(words.sayMoved, row, to, rows().length));
      }
    });
    list.addEventListener("focusout", (event) => {
      const row = event.target.closest?.(".rank-row.is-lifted");
      if (lifted && row && event.relatedTarget && !row.contains(event.relatedTarget)) lay(row, true);
    });

    list.querySelectorAll(".rank-grip").forEach((grip) => grip.classList.add("is-live"));
    if (window.Sortable) {
      let from;
      window.Sortable.create(list, {
        handle: ".rank-grip", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
        onStart: (event) => { from = event.oldIndex + 1; },
        onEnd: (event) => { renumber(); if (event.newIndex + 1 !== from) send(event.item, event.newIndex + 1, from); },
      });
    }
  };
  document.querySelectorAll("[data-ranking]").forEach(live);
})();
