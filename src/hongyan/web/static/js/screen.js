// Keeps the big screen fresh: asks once a minute, says since when it has had no answer, and draws anew.

import { option, outline } from "./map.js";
import { paintAll } from "./plots.js";
import { small, whenLooksChange } from "./theme.js";

const MINUTE = 60_000;
const section = document.querySelector("[data-screen-places]");
const place = section.querySelector(".map");
const state = document.querySelector("[data-state]");
let chart = null;
let shown = null;

function paint() {
  if (!shown || !window.echarts) return;
  const fresh = !chart;
  if (fresh) chart = window.echarts.init(place, null, { renderer: "canvas" });
  const { facts, found } = shown;
  const size = small();
  chart.setOption(option(facts, found, { width: place.clientWidth, height: place.clientHeight, withLines: true, moving: true, size }), true);
}

async function drawMap() {
  const answer = await fetch(section.dataset.screenPlaces, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const facts = await answer.json();
  const found = await outline(section.dataset.folder, facts.map, facts.code);
  if (!found) throw new Error("no outline");
  shown = { facts, found };
  paint();
  section.dataset.drawn = "yes";
}

function say(words, stale) {
  state.textContent = words;
  state.classList.toggle("stale", stale);
}

function since() {
  return document.querySelector('[data-part="when"]').dataset.at;
}

// What the answer holds takes the place of what is shown; a sign-in page holds none of it.
async function refresh() {
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.redirected) return say(`登录已到期，数字停在 ${since()}，请退出大屏重新登录。`, true);
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const parts = [...page.querySelectorAll("[data-part]")];
    if (!parts.length) throw new Error("another page");
    for (const part of parts) {
      document.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`)?.replaceWith(document.importNode(part, true));
    }
    paintAll();
    await drawMap();
    say("每分钟更新", false);
  } catch {
    say(`更新没有成功，数字停在 ${since()}，一分钟后再试。`, true);
  }
}

let sized = "";
window.addEventListener("resize", () => {
  const now = `${window.innerWidth}×${window.innerHeight}`;
  if (now === sized) return;
  sized = now;
  if (chart) chart.dispose();
  chart = null;
  paint();
});
whenLooksChange(paint);
drawMap().catch(() => say(`地图暂时没有画出来，一分钟后再试。`, true));
setInterval(refresh, MINUTE);
