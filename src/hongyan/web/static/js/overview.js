// Draws the map of the overview and keeps the age of the figures; every number is also in the page's tables.

const outlines = new Map();
let chart = null;
let drawn = 0;

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function mixed(from, to, part) {
  const channel = (text, at) => parseInt(text.slice(at, at + 2), 16);
  const full = (text) => (text.length === 4 ? "#" + [...text.slice(1)].map((c) => c + c).join("") : text);
  const [a, b] = [full(from), full(to)];
  const parts = [1, 3, 5].map((at) => Math.round(channel(a, at) + (channel(b, at) - channel(a, at)) * part));
  return `rgb(${parts.join(",")})`;
}

async function outline(folder, file, code) {
  const inside = file.endsWith("-counties") && code.length === 4 ? code : "";
  const name = inside || file;
  if (!outlines.has(name)) {
    const answer = await fetch(`${folder}${file}.json`);
    if (!answer.ok) return null;
    const map = await answer.json();
    if (inside) map.features = map.features.filter((one) => one.properties.code.startsWith(inside));
    outlines.set(name, map);
    window.echarts.registerMap(name, map);
  }
  return { name, map: outlines.get(name) };
}

const BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000];

// Few places hold many and many hold few: the steps grow by powers, so that both can be told apart.
function steps(most) {
  const fitting = BOUNDS.filter((bound) => bound <= Math.max(most, 1));
  const wanted = Math.min(5, fitting.length);
  const bounds = [...Array(wanted).keys()].map((index) => fitting[Math.round((index * (fitting.length - 1)) / Math.max(1, wanted - 1))]);
  const coloured = bounds.map((bound, index) => {
    const next = bounds[index + 1];
    const upto = next === bound + 1 ? `${bound} 人` : `${bound}–${next - 1} 人`;
    return {
      // Half a person between two steps, so that no count lies on a border.
      min: bound - 0.5,
      max: next ? next - 0.5 : 1e9,
      color: mixed(token("--blue-wash"), token("--blue"), (index + 1) / (bounds.length + 0.6)),
      label: next ? upto : `${bound} 人以上`,
    };
  });
  return [{ min: -0.5, max: 0.5, color: token("--card"), label: "没有" }, ...coloured];
}

function lines(facts, map) {
  const centres = new Map(map.features.map((one) => [one.properties.code, one.properties.center]));
  const most = Math.max(1, ...facts.lines.map((one) => one.count));
  return facts.lines
    .filter((one) => centres.has(one.source) && centres.has(one.target))
    .map((one) => ({
      coords: [centres.get(one.source), centres.get(one.target)],
      lineStyle: { width: 0.6 + 2.6 * Math.sqrt(one.count / most) },
    }));
}

function option(facts, name, map, width) {
  const names = new Map(map.features.map((one) => [one.properties.code, one.properties.name]));
  const counts = new Map(facts.places.map((one) => [one.code, one]));
  const isChina = name === "china";
  // Farms and reserves that the outlines draw by themselves are nobody's address: no label.
  const isPlace = (code) => code.length === 4 || counts.has(code) || facts.map.endsWith("-counties");
  return {
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: token("--font") },
    tooltip: {
      renderMode: "richText",
      backgroundColor: token("--card"),
      borderColor: token("--line"),
      textStyle: { color: token("--ink"), fontSize: 13 },
      formatter: ({ name: code }) => {
        const place = counts.get(code);
        const said = names.get(code) || code;
        if (!said) return "";
        return place ? `${said}　${place.count.toLocaleString("zh-CN")} 人${place.deeper ? "\n点按看下一级" : "\n点按看名单"}` : `${said}　0 人`;
      },
    },
    visualMap: {
      type: "piecewise",
      pieces: steps(Math.max(0, ...facts.places.map((one) => one.count))),
      seriesIndex: 0,
      // On a phone the legend would lie on the map; the table below says the same.
      show: width > 520,
      left: 12,
      bottom: 10,
      itemWidth: 14,
      itemHeight: 10,
      itemGap: 5,
      textStyle: { color: token("--soft"), fontSize: 12 },
      hoverLink: false,
      selectedMode: false,
    },
    geo: {
      map: name,
      nameProperty: "code",
      roam: false,
      // The islands of the South China Sea stand in their usual inset.
      ...(isChina ? { boundingCoords: [[73.2, 54], [135.6, 17.6]] } : {}),
      top: 12, bottom: 12, left: 12, right: 12,
      selectedMode: false,
      label: {
        show: !isChina,
        formatter: ({ name: code }) => (isPlace(code) ? names.get(code) || "" : ""),
        fontSize: 11,
        color: token("--ink"),
        textBorderColor: token("--card"),
        textBorderWidth: 2,
      },
      itemStyle: { areaColor: token("--card"), borderColor: token("--edge"), borderWidth: 0.5 },
      emphasis: { label: { show: false }, itemStyle: { areaColor: token("--gold-wash"), borderColor: token("--gold"), borderWidth: 1 } },
    },
    series: [
      {
        type: "map",
        geoIndex: 0,
        labelLayout: { hideOverlap: true },
        data: [...names.keys()].filter(Boolean).map((code) => ({ name: code, value: counts.get(code)?.count || 0 })),
      },
      {
        type: "lines",
        coordinateSystem: "geo",
        silent: true,
        zlevel: 1,
        symbol: ["none", "arrow"],
        symbolSize: 5,
        lineStyle: { color: token("--gold"), opacity: 0.45, curveness: 0.22 },
        data: lines(facts, map),
      },
    ],
  };
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

async function draw() {
  const section = document.querySelector("[data-places]");
  if (!section) return;
  const turn = ++drawn;
  const place = section.querySelector(".map");
  if (!window.echarts) return undrawn(place);
  try {
    const answer = await fetch(section.dataset.places, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const facts = await answer.json();
    const found = await outline(section.dataset.folder, facts.map, facts.code);
    // Somebody was faster: this answer belongs to a map that is gone.
    if (turn !== drawn || !place.isConnected) return;
    if (!found) throw new Error("no outline");
    if (chart) chart.dispose();
    chart = window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(option(facts, found.name, found.map, place.clientWidth));
    const counts = new Map(facts.places.map((one) => [one.code, one]));
    chart.on("click", ({ name: code }) => {
      const one = counts.get(code);
      if (one) follow(one.deeper || one.list, section);
    });
    section.dataset.drawn = facts.code || "china";
  } catch {
    undrawn(place);
  }
}

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
window.addEventListener("resize", () => chart && chart.resize());
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
