/* What scripts add to the portal's pages. Every page works without them. */
(function () {
  "use strict";

  var PREFIX = "portal-typed:";
  var person = document.body.getAttribute("data-person") || "";

  /* ---- long lists become boxes to type in ----
     What was typed and is in no list goes to the server as it is, which refuses it in words;
     the answer chosen before is never kept in silence. A search is stopped here. */
  function picker(select) {
    var label = select.form && select.form.querySelector('label[for="' + select.id + '"]');
    var note = document.createElement("div"), stray = document.createElement("option");
    note.className = "nhsuk-hint";
    note.id = select.id + "-how";
    note.textContent = "Type part of it, or choose from the list that opens.";
    if (label) { label.insertAdjacentElement("afterend", note); }
    var all = Array.prototype.slice.call(select.options);
    function named(text) {
      var wanted = text.trim().toLowerCase();
      return all.filter(function (option) {
        return wanted ? option.value && option.text.trim().toLowerCase() === wanted : !option.value;
      })[0];
    }
    function choose(text) {
      var found = named(text);
      if (stray.parentNode) { select.removeChild(stray); }
      if (!found) { stray.value = stray.textContent = text; select.appendChild(stray); }
      (found || stray).selected = true;
    }
    var id = select.id, typed = select.getAttribute("data-portal-picker");
    window.accessibleAutocomplete.enhanceSelectElement({
      selectElement: select,
      defaultValue: typed || (select.value ? undefined : ""),
      autoselect: false,
      displayMenu: "overlay", /* nothing below moves away under the pointer */
      showAllValues: true,
      minLength: 0,
      confirmOnBlur: false,
      onConfirm: function (text) { if (text !== undefined) { choose(text); } },
      tNoResults: function () { return "Nothing in the list matches"; },
    });
    var box = document.getElementById(id);
    if (!box) { return; }
    box.setAttribute("aria-describedby", [note.id, box.getAttribute("aria-describedby") || ""].join(" ").trim());
    if (typed) { choose(typed); }
    box.addEventListener("input", function () { choose(box.value); });
    box.addEventListener("focus", function () {
      if (!box.value && box.getAttribute("aria-expanded") !== "true") { box.click(); }
    });
    if (select.form.method !== "get") { return; }
    select.form.addEventListener("submit", function (event) {
      var said = document.getElementById(id + "-error");
      if (said) { said.parentNode.removeChild(said); }
      if (!stray.parentNode) { return; }
      event.preventDefault();
      said = document.createElement("span");
      said.id = id + "-error";
      said.className = "nhsuk-error-message";
      said.setAttribute("role", "alert");
      said.textContent = "Choose one of the answers in the list";
      note.insertAdjacentElement("afterend", said);
      box.focus();
    });
  }
  if (window.accessibleAutocomplete) {
    document.querySelectorAll("select[data-portal-picker]").forEach(picker);
  }

  /* ---- a field that belongs to a choice is shown while it is chosen ----
     Done here and not by the design system, which puts aria-expanded on a radio
     button, where no reader of screens may have it. This runs before it. */
  var revealing = [];
  document.querySelectorAll("input[data-aria-controls]").forEach(function (box) {
    var part = document.getElementById(box.getAttribute("data-aria-controls"));
    box.removeAttribute("data-aria-controls");
    if (part) { revealing.push([box, part]); }
  });
  function reveal() {
    revealing.forEach(function (pair) { pair[1].hidden = !pair[0].checked; });
  }
  revealing.forEach(function (pair) { pair[1].className = pair[1].className.replace(/\S+--hidden/, ""); });
  if (revealing.length) {
    document.addEventListener("change", reveal);
    reveal();
  }

  /* ---- printing ---- */
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  /* ---- copying a telephone number ---- */
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.getAttribute("data-copy")).then(function () {
        button.firstChild.nodeValue = "Copied";
      });
    });
  });

  /* ---- what was typed, kept in this tab only, for this person only ---- */
  function keys() {
    var found = [];
    for (var i = 0; i < sessionStorage.length; i += 1) {
      if (sessionStorage.key(i).indexOf(PREFIX) === 0) { found.push(sessionStorage.key(i)); }
    }
    return found;
  }
  function forget(all) {
    keys().forEach(function (key) {
      if (all || key.indexOf(PREFIX + person + ":") !== 0) { sessionStorage.removeItem(key); }
    });
  }
  function here() { return PREFIX + person + ":" + location.pathname + location.search; }
  function writable(form) {
    return Array.prototype.filter.call(form.elements, function (box) {
      return box.name && box.name !== "csrfmiddlewaretoken" && ["password", "file", "submit", "button", "hidden"].indexOf(box.type) < 0;
    });
  }
  function forms() { return document.querySelectorAll("main form[method=post]:not([data-no-keep])"); }
  function keep() {
    var kept = [];
    forms().forEach(function (form, number) {
      writable(form).forEach(function (box) {
        var ticked = box.type === "checkbox" || box.type === "radio";
        kept.push([number, box.name, box.value, ticked ? box.checked : null]);
      });
    });
    if (kept.length) { sessionStorage.setItem(here(), JSON.stringify(kept)); }
  }
  function putBack() {
    var text = sessionStorage.getItem(here());
    if (!text) { return; }
    sessionStorage.removeItem(here());
    var all = forms(), put = 0;
    JSON.parse(text).forEach(function (row) {
      if (!all[row[0]]) { return; }
      writable(all[row[0]]).forEach(function (box) {
        if (box.name !== row[1]) { return; }
        if (row[3] === null) { if (box.value !== row[2]) { box.value = row[2]; put += 1; } }
        else if (box.value === row[2] && box.checked !== row[3]) { box.checked = row[3]; put += 1; }
        box.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
    reveal();
    if (put) {
      var note = document.createElement("div");
      note.className = "nhsuk-inset-text";
      note.setAttribute("role", "status");
      note.textContent = "What you had typed before you were signed out has been put back.";
      var main = document.getElementById("maincontent");
      main.insertBefore(note, main.firstChild);
    }
  }
  try {
    if (person) { forget(false); putBack(); }
    document.querySelectorAll("form[data-sign-out]").forEach(function (form) {
      form.addEventListener("submit", function () { forget(true); });
    });
  } catch (refused) { /* a browser that keeps nothing: the server still does */ }

  /* ---- the session: warned in time, made longer, nothing lost ---- */
  var dialog = document.getElementById("session-warning");
  if (!dialog || !dialog.showModal) { return; }
  var warn = Number(dialog.dataset.warn), endsAt, finalAt, leaving = false;
  function set(left, toFinal) { endsAt = Date.now() + left * 1000; finalAt = Date.now() + toFinal * 1000; }
  set(Number(dialog.dataset.endsIn), Number(dialog.dataset.finalIn));

  function words(seconds) {
    var minutes = Math.floor(seconds / 60);
    if (minutes >= 2) { return minutes + " minutes"; }
    if (seconds >= 60) { return "1 minute"; }
    return "less than a minute";
  }
  function leave() {
    if (leaving) { return; }
    leaving = true;
    try { keep(); } catch (refused) { /* as above */ }
    location.assign(dialog.dataset.signIn + "?next=" + encodeURIComponent(location.pathname + location.search));
  }
  function ask(method) {
    var form = dialog.querySelector("form");
    return fetch(dialog.dataset.extend, {
      method: method,
      headers: { Accept: "application/json", "Portal-Background": method === "GET" ? "1" : "" },
      body: method === "POST" ? new FormData(form) : undefined,
      credentials: "same-origin",
    }).then(function (answer) {
      if (!answer.ok || answer.redirected) { throw new Error("signed out"); }
      return answer.json();
    }).then(function (limits) { set(limits.seconds_left, limits.seconds_to_absolute); });
  }
  function show() {
    var left = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
    dialog.querySelector("[data-session-left]").textContent = words(left);
    var final = finalAt - endsAt < 1000;
    dialog.querySelector("[data-session-final]").hidden = !final;
    if (!dialog.open) { dialog.showModal(); }
  }
  var asking = false;
  function look() {
    var left = (endsAt - Date.now()) / 1000;
    if (left > warn) { if (dialog.open) { dialog.close(); } return; }
    if (asking) { return; }
    if (left <= 0 || !dialog.open) {
      /* Another tab may have been used meanwhile: the server knows. */
      asking = true;
      ask("GET").then(function () {
        asking = false;
        if (endsAt - Date.now() <= 0) { leave(); } else if ((endsAt - Date.now()) / 1000 <= warn) { show(); }
      }, function () { asking = false; if ((endsAt - Date.now()) <= 0) { leave(); } else { show(); } });
    } else { show(); }
  }
  dialog.querySelector("form").addEventListener("submit", function (event) {
    event.preventDefault();
    ask("POST").then(function () { dialog.close(); look(); }, leave);
  });
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { look(); } });
  look();
})();
