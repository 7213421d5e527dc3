/* Scoring with the keyboard: Enter saves, the arrow keys go to the next applicant. Without it every score still saves by its button. */
(() => {
  "use strict";
  const inputs = [...document.querySelectorAll("[data-scoring] input[name=score]")];
  inputs.forEach((input, at) => {
    input.addEventListener("focus", () => input.select());
    input.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const next = step && inputs[at + step];
      if (next) { event.preventDefault(); next.focus(); next.scrollIntoView({ block: "center" }); }
    });
  });
  /* After a save the page comes back at the applicant judged: go on with the next one that is blank. */
  const judged = /^#applicant-(\d+)$/.exec(location.hash);
  if (judged) {
    const at = inputs.findIndex((input) => input.id === `score-${judged[1]}`);
    const next = inputs.slice(at + 1).find((input) => !input.value);
    /* After the browser has gone to the fragment, which takes the focus away. */
    addEventListener("load", () => setTimeout(() => next?.focus(), 0));
  }
})();
