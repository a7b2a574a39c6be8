// The conversation without a new page for every answer. It posts the same forms as the page does by itself and changes
// only the turn. It never holds the only copy of anything but one answer on its way, and that in memory alone.
// It needs what Chrome 61 and Safari 11.1 have; where something is missing, the plain forms do the work.
(function () {
  "use strict";
  const FRAGMENT = "text/vnd.klarbild.turn+html";
  const byId = (id) => document.getElementById(id), on = addEventListener;
  const now = byId("now"), status = byId("status"), wait = byId("wait"), leave = byId("leave");
  const voice = window.speechSynthesis;
  let policy = { createHTML: (html) => html };
  let pressed, unsent, timer, reading, plain, fresh, since, last, tries = 0, times = 0;

  // -- leaving: nothing stays on the screen, behind the Back button or on its way --

  function blank() {
    hush();
    unsent = null;
    document.body.textContent = "";
  }

  function part(address) {
    blank();
    if (window.fetch) fetch(address, { method: "POST", keepalive: true, redirect: "manual", body: name }).catch(() => 0);
  }

  function exit(event) {
    if (event) event.preventDefault();
    part("/chat/leave");
    name = "";
    location.replace("/left");
  }

  // With the last page that goes the session goes, too. The server gave this one its name.
  const [loaded] = performance.getEntriesByType("navigation"), [named] = loaded && loaded.serverTiming || [];
  let name = named && named.description;

  leave.addEventListener("submit", exit);
  on("keyup", ({ key }) => {
    times = key === last ? times + 1 : 1;
    last = key;
    if (times > 2 && /Shift|Esc/.test(key)) exit();
  });
  // A page of ours that the browser kept for Back is not served anew before this one goes.
  on("pageswap", (event) => event.activation && name && (name += " stays"));
  on("pagehide", () => name ? part("/chat/closed") : blank());
  on("pageshow", (event) => event.persisted && location.reload());

  if (!now || !window.fetch || !window.AbortController || !window.URLSearchParams) return;
  if (window.trustedTypes) policy = trustedTypes.createPolicy("klarbild", policy);
  const words = status.dataset;
  const filled = (form) => new URLSearchParams(new FormData(form || undefined));
  const held = () => filled(byId("turn").querySelector("form")).toString();

  // -- one turn: counted once, however often the network fails --

  on("click", (event) => {
    const link = event.target.closest("a");
    pressed = event.target.closest("button");
    times = 0;
    if (link && link.getAttribute("href") === "/chat#q" && location.pathname === "/chat") {
      event.preventDefault();
      unsent ? again() : take({});
    }
  });

  on("submit", (event) => {
    const form = event.target, button = event.submitter || pressed;
    // What is erased has no turn: that is a page of its own.
    if (plain || form.getAttribute("action") !== "/chat" || form.id === "erase") return;
    event.preventDefault();
    if (unsent && unsent.busy) return;
    const fields = filled(form);
    if (button && button.form === form && button.name) fields.append(button.name, button.value);
    take({ button, body: fields });
  });

  // Send a turn and take the one that follows. Without a body: take the turn as it is now.
  function take(sent) {
    clearTimeout(timer);
    hush();
    unsent = sent;
    sent.busy = true;
    const stop = new AbortController(), timers = [
      setTimeout(() => tell(words.sending, sent), 700),
      setTimeout(() => stop.abort(), 2e4),
    ];
    const { body } = sent, how = { body, headers: { Accept: FRAGMENT }, referrerPolicy: "no-referrer", signal: stop.signal };
    if (body) how.method = "POST";
    fetch("/chat", how).then((answer) => answer.text().then((html) => {
      if (unsent !== sent) return;
      const ours = (answer.headers.get("Content-Type") || "").startsWith(FRAGMENT);
      if (ours && html.trim().endsWith("</div>")) show(html, answer.ok && body);
      // What is cut short, or not ours, comes from the network in between or from a server that is starting.
      else if (ours || answer.ok || answer.status >= 500) lost(sent);
      // The session is over, or it was too much: that is a page of its own, which keeps the words.
      else plainly(sent);
    })).catch(() => unsent === sent && lost(sent)).then(() => timers.forEach(clearTimeout));
  }

  function plainly(sent) {
    unsent = null;
    plain = true;
    sent.body ? sent.button.click() : location.reload();
  }

  function lost(sent) {
    sent.busy = false;
    tell(words.lost, sent);
    timer = setTimeout(again, [2e3, 5e3, 1e4, 3e4][Math.min(tries++, 3)]);
  }

  function again() {
    if (unsent) unsent.busy || take(unsent);
    else if (Date.now() - since > 36e5 && held() === fresh && !byId("problem")) location.reload();
  }

  on("online", again);
  document.addEventListener("visibilitychange", () => document.hidden || again());
  on("beforeunload", (event) => {
    if (unsent && unsent.body) event.returnValue = event.preventDefault() || "?";
  });
  wait.lastElementChild.addEventListener("click", again);

  // The same short words for the eye, beside the button, and for a screen reader.
  function tell(text, sent) {
    if (unsent !== sent) return;
    status.textContent = wait.firstElementChild.textContent = text;
    wait.lastElementChild.hidden = sent.busy;
    wait.hidden = false;
    if (sent.button && now.contains(sent.button)) (sent.button.closest("p") || sent.button).after(wait);
  }

  // -- the new turn: the focus goes to what is new, and the title says where it is --

  function show(html, saved) {
    unsent = null;
    tries = 0;
    wait.hidden = true;
    now.after(wait);
    // Only what comes later fades in: the first page stands at once.
    now.className = "live";
    byId("turn").outerHTML = policy.createHTML(html);
    const turn = byId("turn");
    document.title = turn.dataset.title;
    if (turn.dataset.kept) document.body.className = "kept";
    const may = (turn.dataset.may || "").split(" ");
    now.querySelectorAll("[data-if]").forEach((one) => one.hidden = may.indexOf(one.dataset.if) < 0);
    document.getElementsByName("seen").forEach((one) => one.value = turn.dataset.seen);
    // At the gate nothing is kept yet.
    status.textContent = saved && document.body.className ? words.saved : "";
    scrollTo(0, 0);
    (byId("problem") || byId("q")).focus();
    begin();
  }

  function begin() {
    since = Date.now();
    fresh = held();
    listen();
  }

  // -- read aloud, only by a voice of the language --

  const voices = () => voice.getVoices().filter((one) => one.lang.slice(0, 2).toLowerCase() === words.aloud);

  function hush() {
    if (!reading) return;
    voice.cancel();
    reading.textContent = words.listen;
    reading = null;
  }

  function say(text, ended) {
    const [best] = voices(), how = { voice: best, lang: best.lang, rate: 0.9, onend: ended };
    voice.speak(Object.assign(new SpeechSynthesisUtterance(text), how));
  }

  function listen() {
    const place = now.querySelector(".progress");
    if (!voice || !words.aloud || !place || byId("aloud") || now.querySelector("audio") || !voices().length) return;
    const button = document.createElement("button");
    Object.assign(button, { id: "aloud", type: "button", className: "plain", textContent: words.listen });
    place.append(button);
    button.onclick = () => {
      if (reading) return hush();
      reading = button;
      button.textContent = words.stop;
      const texts = [...now.querySelectorAll("h1,.hint,.field legend,.field>label,.choices label,.choice,.declines :not([hidden])")];
      // Long texts are cut off by some telephones.
      texts.forEach((one) => (one.textContent.match(/\S.{0,180}(?!\S)/g) || []).forEach((part) => say(part)));
      say(" ", hush);
    };
  }

  begin();
  if (voice) voice.onvoiceschanged = listen;
})();
