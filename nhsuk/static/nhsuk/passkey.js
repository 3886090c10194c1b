/* Passkeys: asks the device for one and sends what it says. Where this does not run, the page says what else to do. */
(function () {
  "use strict";

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }
  function text(buffer) {
    if (!buffer) { return undefined; }
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function listed(keys) {
    return (keys || []).map(function (key) { return Object.assign({}, key, { id: bytes(key.id) }); });
  }
  function asked(options) {
    var given = Object.assign({}, options.publicKey, { challenge: bytes(options.publicKey.challenge) });
    if (given.user) {
      given.user = Object.assign({}, given.user, { id: bytes(given.user.id) });
      given.excludeCredentials = listed(given.excludeCredentials);
    } else {
      given.allowCredentials = listed(given.allowCredentials);
    }
    return given;
  }
  function said(key) {
    var answer = key.response;
    return JSON.stringify({
      id: key.id,
      rawId: text(key.rawId),
      type: key.type,
      authenticatorAttachment: key.authenticatorAttachment || undefined,
      clientExtensionResults: key.getClientExtensionResults(),
      response: {
        clientDataJSON: text(answer.clientDataJSON),
        attestationObject: text(answer.attestationObject),
        transports: answer.getTransports ? answer.getTransports() : undefined,
        authenticatorData: text(answer.authenticatorData),
        signature: text(answer.signature),
        userHandle: text(answer.userHandle),
      },
    });
  }
  function options(form) {
    if (form.dataset.options) { return Promise.resolve(JSON.parse(form.dataset.options)); }
    return fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.json(); })
      .then(function (answer) { return answer.request_options; });
  }

  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    var trouble = form.querySelector("[data-passkey-trouble]"), box = form.elements.credential;
    if (!window.PublicKeyCredential || !navigator.credentials) {
      form.parentNode.querySelectorAll("[data-passkey-none]").forEach(function (note) { note.hidden = false; });
      return;
    }
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      trouble.hidden = true;
      options(form).then(function (given) {
        var request = { publicKey: asked(given) };
        return form.dataset.passkey === "new"
          ? navigator.credentials.create(request) : navigator.credentials.get(request);
      }).then(function (key) {
        box.value = said(key);
        form.submit();
      }, function (refused) {
        trouble.textContent = refused && refused.name === "SecurityError" ? trouble.dataset.elsewhere
          : refused && refused.name === "InvalidStateError" ? trouble.dataset.already
            : trouble.dataset.passkeyTrouble;
        trouble.hidden = false;
      });
    });
  });
})();
