// Asks for the position once, and sends each tap once: on a slow network it is kept and sent again with the same key.

const WAITS = [1000, 2000, 4000, 8000, 15000];
const PATIENCE = 20000;
const KEPT = "hongyan-kept";

const pause = (time) => new Promise((resolve) => {
  const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
  const timer = setTimeout(done, time);
  addEventListener("online", done);
});

function say(form, text) {
  const place = form.querySelector("[data-status]") ?? form.parentElement?.querySelector("[data-status]");
  if (place) place.textContent = text;
}

function hold(form, held) {
  for (const button of form.querySelectorAll("button")) {
    button.disabled = held;
    button.setAttribute("aria-busy", held);
  }
}

async function once(address, body) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE);
  try {
    const response = await fetch(address, { method: "POST", body, signal: control.signal });
    // A gateway that lost its server answers for it; the server itself has not been heard.
    if ([502, 503, 504].includes(response.status)) throw new Error("gateway");
    return { response, text: await response.text() };
  } finally {
    clearTimeout(timer);
  }
}

async function send(form, body) {
  hold(form, true);
  say(form, "正在办理，请稍候…");
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(form.action, body);
    } catch {
      say(form, "网络不好，已经记下，正在重新发送。请不要关闭页面…");
      await pause(WAITS[Math.min(attempt, WAITS.length - 1)]);
    }
  }
}

function show({ response, text }) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.querySelector("main");
  if (!main) { location.assign(response.url); return; }
  document.title = page.title;
  // A step that was posted has no address of its own: going back shows the page it started from.
  history.pushState(null, "", response.redirected ? response.url : location.href);
  document.querySelector("main").replaceWith(document.importNode(main, true));
  scrollTo(0, 0);
  (document.querySelector("[data-heading]") ?? document.querySelector("main")).focus();
  upgrade();
}

function position() {
  if (!window.isSecureContext) return Promise.resolve({ problem: "insecure" });
  if (!navigator.geolocation) return Promise.resolve({ problem: "unavailable" });
  const wish = { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 };
  return new Promise((resolve) => navigator.geolocation.getCurrentPosition(
    ({ coords, timestamp }) => resolve({
      lat: coords.latitude.toFixed(3),
      lng: coords.longitude.toFixed(3),
      accuracy: Math.ceil(coords.accuracy),
      age: Math.max(0, Math.round((Date.now() - timestamp) / 1000)),
    }),
    ({ code }) => resolve({ problem: { 1: "denied", 3: "timeout" }[code] ?? "unavailable" }),
    wish,
  ));
}

const bodyOf = (form, button) => {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.set(button.name, button.value);
  return body;
};

async function locate(form) {
  hold(form, true);
  say(form, "正在查找您的位置…");
  const body = bodyOf(form);
  for (const [name, value] of Object.entries(await position())) body.set(name, value);
  show(await send(form, body));
}

async function keep(form, body) {
  // Only what he confirmed is kept on the phone until the server has answered; a position never is.
  sessionStorage.setItem(KEPT, JSON.stringify({ action: form.action, body: body.toString() }));
  const answer = await send(form, body);
  sessionStorage.removeItem(KEPT);
  show(answer);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-position]")) { event.preventDefault(); locate(form); }
  else if (form.matches("[data-keep]")) { event.preventDefault(); keep(form, bodyOf(form, event.submitter)); }
  else if (form.matches("[data-choice]")) {
    event.preventDefault();
    send(form, bodyOf(form, event.submitter)).then(show);
  }
});

function resume() {
  // The page was reloaded while a tap was on its way: the same request goes out again, with the same key.
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept) return;
  const form = document.querySelector("form[data-position], form[data-keep]");
  const mine = kept.action.startsWith(location.origin + location.pathname.split("/").slice(0, 3).join("/"));
  if (!form || !mine) { sessionStorage.removeItem(KEPT); return; }
  const sender = { action: kept.action, querySelectorAll: (what) => form.querySelectorAll(what),
    querySelector: (what) => form.querySelector(what), parentElement: form.parentElement };
  send(sender, new URLSearchParams(kept.body)).then((answer) => { sessionStorage.removeItem(KEPT); show(answer); });
}

function upgrade() {
  const popup = document.querySelector("[data-popup][open]");
  if (popup?.showModal) { popup.close(); popup.showModal(); }
}

addEventListener("popstate", () => location.reload());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
upgrade();
resume();
