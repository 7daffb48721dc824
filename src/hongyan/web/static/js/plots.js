// Draws the plots of an organisation; what each one says is also in its sentence and in its table.

import { calm, said, small, steps, token, tooltip, whenLooksChange } from "./theme.js";

const charts = new Map();
// On a narrow screen the days of a whole year would be smaller than a point.
const NARROW = 560;
const DAY = 24 * 3600 * 1000;

// Told apart without colour: the second one is striped.
function stripes() {
  return { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [3, 3], rotation: -Math.PI / 4, color: token("--card") };
}

function pyramid(facts, width) {
  const size = small();
  const gap = size * 7.4;
  const half = (width - gap - 8) / 2;
  const most = Math.max(1, ...facts.sides.flatMap((side) => side.counts));
  const colours = [token("--blue"), token("--gold")];
  const labelled = { color: token("--ink"), fontSize: size };
  return {
    tooltip: tooltip({ formatter: ({ seriesName, name, value }) => `${name}　${seriesName} ${said(value)} 人` }),
    title: facts.sides.map((side, index) => ({
      text: `${side.name} ${said(side.counts.reduce((sum, count) => sum + count, 0))} 人`,
      textStyle: { ...labelled, fontWeight: 600 },
      top: 0,
      ...(index ? { left: 4 + half + gap } : { left: 4 + half, textAlign: "right" }),
    })),
    grid: [{ left: 4, width: half, top: size * 2, bottom: 4 }, { left: 4 + half + gap, width: half, top: size * 2, bottom: 4 }],
    xAxis: facts.sides.map((side, index) => ({
      type: "value", gridIndex: index, inverse: !index, max: most * (1 + (size * 6) / half), show: false,
    })),
    yAxis: facts.sides.map((side, index) => ({
      type: "category",
      gridIndex: index,
      position: index ? "left" : "right",
      data: facts.bands,
      axisLine: { show: true, lineStyle: { color: token("--edge") } },
      axisTick: { show: false },
      axisLabel: { show: Boolean(index), align: "center", margin: gap / 2, ...labelled },
    })),
    series: facts.sides.map((side, index) => ({
      type: "bar",
      name: side.name,
      xAxisIndex: index,
      yAxisIndex: index,
      barCategoryGap: "26%",
      itemStyle: { color: colours[index], ...(index ? { decal: stripes() } : {}) },
      label: { show: true, position: index ? "right" : "left", formatter: ({ value }) => said(value), ...labelled },
      data: side.counts,
    })),
  };
}

function moment(day) {
  return Date.parse(`${day}T00:00:00Z`);
}

function isoDay(at) {
  return new Date(at).toISOString().slice(0, 10);
}

function calendar(facts, width, height, turn) {
  const size = small();
  const first = moment(facts.first);
  const counts = facts.series[turn].counts;
  const from = width < NARROW ? Math.max(0, counts.length - ((counts.length - 1) % 7) - 1 - 7 * 25) : 0;
  const days = counts.map((count, index) => [isoDay(first + index * DAY), count]).slice(from);
  const off = facts.off.filter((index) => index >= from).map((index) => isoDay(first + index * DAY));
  const weeks = Math.ceil(days.length / 7);
  const across = Math.min(30, (width - size * 4) / weeks);
  const cell = Math.max(12, Math.min(22, across, (height - size * 4.8) / 7));
  const unit = "人次";
  const narrow = width < NARROW;
  const [none, ...shades] = steps(Math.max(0, ...counts), narrow ? "" : unit);
  const low = cell < size + 3;
  // A month that has just begun has no room for its name.
  const begun = Number(facts.last.slice(8)) < 12 ? facts.last.slice(5, 7) : "";
  return {
    tooltip: tooltip({
      formatter: ({ value }) => `${value[0]}${off.includes(value[0]) ? "（休息日）" : ""}\n${facts.series[turn].name} ${said(value[1])} ${unit}`,
    }),
    visualMap: {
      type: "piecewise",
      pieces: [{ ...none, color: token("--wash") }, ...shades],
      seriesIndex: 0,
      orient: "horizontal",
      left: "center",
      top: size * 2 + 7 * cell + 6,
      itemWidth: narrow ? 10 : 13,
      itemHeight: narrow ? 10 : 13,
      itemGap: narrow ? 4 : 12,
      textStyle: { color: token("--soft"), fontSize: narrow ? 12 : size },
      hoverLink: false,
      selectedMode: false,
    },
    calendar: {
      range: [days[0][0], days.at(-1)[0]],
      top: size * 2,
      left: "center",
      cellSize: [across, cell],
      splitLine: { lineStyle: { color: token("--edge"), width: 1 } },
      itemStyle: { color: token("--card"), borderColor: token("--line"), borderWidth: 1 },
      yearLabel: { show: false },
      monthLabel: { formatter: ({ MM, yyyy }) => (MM === begun && String(yyyy) === facts.last.slice(0, 4) ? "" : `${Number(MM)}月`), color: token("--soft"), fontSize: size },
      dayLabel: { firstDay: 1, nameMap: low ? ["", "一", "", "三", "", "五", ""] : [..."日一二三四五六"], color: token("--soft"), fontSize: size },
    },
    series: [
      { type: "heatmap", coordinateSystem: "calendar", data: days },
      // Days on which offices are closed: a point, seen in grey as well.
      {
        type: "scatter", coordinateSystem: "calendar", silent: true, symbolSize: Math.max(2, Math.min(across, cell) / 5),
        itemStyle: { color: token("--ink"), opacity: 0.45 },
        data: off.map((day) => [day, 0]),
      },
    ],
  };
}

function line(facts, width) {
  const size = small();
  const colours = [token("--gold"), token("--blue"), token("--green"), token("--ink")];
  const dashes = ["dashed", "solid", "dotted", [8, 3, 2, 3]];
  const words = { color: token("--soft"), fontSize: size };
  return {
    tooltip: tooltip({ trigger: "axis", axisPointer: { lineStyle: { color: token("--edge") } } }),
    grid: { left: size * 3.4, right: size * (width < NARROW ? 5 : 6), top: size, bottom: size * 2.2 },
    xAxis: {
      type: "category",
      boundaryGap: false,
      data: facts.points,
      axisLine: { lineStyle: { color: token("--edge") } },
      axisTick: { show: false },
      axisLabel: { ...words, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      minInterval: 1,
      axisLabel: { ...words, formatter: (value) => said(value) },
      splitNumber: 4,
      splitLine: { lineStyle: { color: token("--line") } },
    },
    series: facts.series.map((one, index) => ({
      type: "line",
      name: one.name,
      data: one.counts,
      symbol: index % 2 ? "circle" : "none",
      symbolSize: 4,
      showAllSymbol: false,
      lineStyle: { color: colours[index % 4], type: dashes[index % 4], width: 2 },
      itemStyle: { color: colours[index % 4] },
      endLabel: { show: true, formatter: "{a}", color: token("--ink"), fontSize: size, distance: 6 },
      labelLayout: { moveOverlap: "shiftY" },
    })),
  };
}

const KINDS = { pyramid, calendar, line };

function undrawn(place) {
  place.textContent = "这幅图暂时没有画出来，上面的话和表格里的数字是完整的。";
  place.removeAttribute("role");
}

function turnOf(place) {
  const pressed = place.parentElement.querySelector('[data-turn][aria-pressed="true"]');
  return pressed ? Number(pressed.dataset.turn) : 0;
}

function paint(place, width) {
  charts.get(place)?.dispose();
  charts.delete(place);
  if (!window.echarts) return undrawn(place);
  try {
    const facts = JSON.parse(place.dataset.facts);
    const across = width || place.clientWidth;
    // Inside what is not shown there is nothing to draw on.
    if (!across) return;
    const chart = window.echarts.init(place, null, { renderer: "svg", width: across });
    const quiet = calm || Boolean(width);
    chart.setOption({ animation: !quiet, animationDuration: 300, textStyle: { fontFamily: token("--font") }, ...KINDS[place.dataset.plot](facts, across, place.clientHeight, turnOf(place)) });
    chart.on("click", ({ seriesIndex, dataIndex }) => {
      const list = facts.sides?.[seriesIndex]?.lists?.[dataIndex];
      if (list) window.location.assign(list);
    });
    charts.set(place, chart);
    place.dataset.drawn = "yes";
  } catch {
    undrawn(place);
  }
}

export function paintAll(width) {
  for (const place of [...charts.keys()]) if (!place.isConnected) charts.get(place).dispose(), charts.delete(place);
  document.querySelectorAll("[data-plot]").forEach((place) => paint(place, width));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-turn]");
  if (!button) return;
  const card = button.closest(".plot-card");
  card.querySelectorAll("[data-turn]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  paint(card.querySelector("[data-plot]"));
});

let wide = window.innerWidth;
window.addEventListener("resize", () => {
  // A phone changes its height whenever its bars slide away.
  if (window.innerWidth === wide) return;
  wide = window.innerWidth;
  paintAll();
});
document.body.addEventListener("htmx:afterSettle", (event) => event.target.id === "plots" && paintAll());
whenLooksChange(paintAll);
paintAll();
