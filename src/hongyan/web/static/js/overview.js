// Draws the map of the overview and keeps the age of the figures; every number is also in the page's tables.

import { option, outline } from "./map.js";
import { said, small, whenLooksChange } from "./theme.js";

const REMEMBERED = "hongyan-lines";
let chart = null;
let drawn = 0;
// What the map shows at present, so that lines come and go without asking again.
let shown = null;

let lined = null;

// Remembered in this browser; where nothing may be kept, the choice lasts as long as the page.
function withLines() {
  try {
    lined ??= localStorage.getItem(REMEMBERED) !== "off";
  } catch {
    lined ??= true;
  }
  return lined;
}

// The link of the table does the same, so a click on the map is a click on it.
function follow(href, section) {
  const link = section.querySelector(`a[href="${CSS.escape(href)}"]`) || [...section.querySelectorAll("a")].find((one) => one.getAttribute("href") === href);
  if (link) link.click();
  else window.location.assign(href);
}

function undrawn(place) {
  place.textContent = "地图暂时没有画出来，表格里的数字是完整的。";
  place.classList.add("none");
}

function cell(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

// What the lines say, for whoever does not see them; each number opens its list.
function listLines(section, facts) {
  const place = section.querySelector("[data-line-rows]");
  if (!place) return;
  place.replaceChildren(
    ...facts.lines.map((one) => {
      const link = cell("a", said(one.count));
      link.href = one.list;
      link.setAttribute("aria-label", `${one.from}到${one.to} ${said(one.count)} 人`);
      const number = cell("td", link);
      number.className = "n";
      const word = cell("th", `${one.from} → ${one.to}`);
      word.scope = "row";
      return cell("tr", word, number);
    }),
  );
  section.querySelectorAll("[data-has-lines]").forEach((each) => (each.hidden = !facts.lines.length));
}

function paint(width) {
  if (!shown) return;
  const { place, section, facts, found } = shown;
  if (!place.isConnected) return;
  if (chart) chart.dispose();
  const across = width || place.clientWidth;
  chart = window.echarts.init(place, null, { renderer: "canvas", width: across, ...(width ? { devicePixelRatio: 2 } : {}) });
  chart.setOption({ ...option(facts, found, { width: across, height: place.clientHeight, withLines: withLines(), size: Math.max(12, small() - 1) }), ...(width ? { animation: false } : {}) });
  const counts = new Map(facts.places.map((one) => [one.code, one]));
  chart.on("click", ({ name: code, seriesType }) => {
    const one = seriesType === "lines" ? null : counts.get(code);
    if (one) follow(one.deeper || one.list, section);
  });
}

async function draw() {
  const section = document.querySelector("[data-places]");
  if (!section) return;
  const turn = ++drawn;
  const place = section.querySelector(".map");
  const button = section.querySelector("[data-lines]");
  if (button) button.setAttribute("aria-pressed", String(withLines()));
  if (!window.echarts) return undrawn(place);
  try {
    const answer = await fetch(section.dataset.places, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const facts = await answer.json();
    const found = await outline(section.dataset.folder, facts.map, facts.code);
    // Somebody was faster: this answer belongs to a map that is gone.
    if (turn !== drawn || !place.isConnected) return;
    if (!found) throw new Error("no outline");
    shown = { place, section, facts, found };
    paint();
    listLines(section, facts);
    section.dataset.drawn = facts.code || "china";
  } catch {
    undrawn(place);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-lines]");
  if (!button) return;
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  lined = on;
  try {
    localStorage.setItem(REMEMBERED, on ? "on" : "off");
  } catch {
    // Nothing may be kept here.
  }
  paint();
});

// The figures are as old as the page: the clock of an office PC may be days off.
function ago(seconds) {
  if (seconds < 120) return `${seconds} 秒前`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} 分钟前`;
  return seconds < 172800 ? `${Math.floor(seconds / 3600)} 小时前` : `${Math.floor(seconds / 86400)} 天前`;
}

function age() {
  document.querySelectorAll("[data-age]").forEach((place) => {
    place.textContent = `数据 ${ago(Math.round(performance.now() / 1000))}`;
  });
}

draw();
age();
setInterval(age, 1000);
document.body.addEventListener("htmx:afterSettle", (event) => event.target.id === "places" && draw());
let wide = window.innerWidth;
window.addEventListener("resize", () => {
  if (window.innerWidth === wide) return;
  wide = window.innerWidth;
  paint();
});
whenLooksChange(paint);
