/* Passkeys: the one thing of signing in that a page cannot do without a script. The form carries what the server asks
   (data-options); the device answers; the answer is sent as an ordinary form. */
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (rows) => (rows || []).map((row) => ({ ...row, id: bytes(row.id) }));

  const asked = {
    create: async (key) => {
      const made = await navigator.credentials.create({ publicKey: {
        ...key, challenge: bytes(key.challenge), user: { ...key.user, id: bytes(key.user.id) }, excludeCredentials: known(key.excludeCredentials),
      } });
      return answer(made, { attestationObject: words(made.response.attestationObject), transports: made.response.getTransports?.() || [] });
    },
    get: async (key) => {
      const shown = await navigator.credentials.get({ publicKey: { ...key, challenge: bytes(key.challenge), allowCredentials: known(key.allowCredentials) } });
      const { authenticatorData, signature, userHandle } = shown.response;
      return answer(shown, { authenticatorData: words(authenticatorData), signature: words(signature), userHandle: userHandle ? words(userHandle) : null });
    },
  };
  const answer = (credential, response) => ({
    id: credential.id, rawId: words(credential.rawId), type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment, clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: words(credential.response.clientDataJSON), ...response },
  });

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const button = form.querySelector("[data-passkey-ask]");
    const note = form.querySelector("[data-passkey-note]");
    if (!window.PublicKeyCredential) { note.textContent = note.dataset.unable; note.hidden = false; return; }
    button.hidden = false;
    button.addEventListener("click", async () => {
      note.hidden = true;
      button.disabled = true;
      try {
        const credential = await asked[form.dataset.passkey](JSON.parse(form.dataset.options).publicKey);
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch (error) {
        note.textContent = error.name === "InvalidStateError" ? note.dataset.known : error.name === "SecurityError" ? note.dataset.address : note.dataset.stopped;
        note.hidden = false;
        button.disabled = false;
        button.focus();
      }
    });
  });
})();
