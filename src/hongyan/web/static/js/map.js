// What is drawn on a map of places: shades by number, the numbers themselves, and lines from where to where.

import { calm, said, steps, token, tooltip } from "./theme.js";

const outlines = new Map();
// The islands of the South China Sea stand in an inset: the country's is drawn with its outlines, the province's here.
const SEA = ["46", "46-counties"];
const ISLAND = [[108.5, 20.2], [111.2, 18.1]];
const BOUNDS = { china: [[73.2, 54], [135.6, 17.6]], ...Object.fromEntries(SEA.map((name) => [name, ISLAND])) };
const PEOPLES = "藏|回|蒙古|维吾尔|壮|苗|侗|布依|土家|彝|傣|景颇|傈僳|白|哈尼|朝鲜|羌|黎|满|土|撒拉|东乡|保安|裕固|哈萨克|柯尔克孜|锡伯|塔吉克|瑶|畲|水|仡佬|佤|拉祜|独龙|怒|普米|纳西|布朗|毛南|仫佬|各|达斡尔|鄂温克|鄂伦春";
const ENDINGS = new RegExp(`(?:维吾尔|壮族|回族)?自治区$|特别行政区$|(?:(?:${PEOPLES})族)+自治[州县]$|[省市]$`);

async function read(folder, file) {
  const answer = await fetch(`${folder}${file}.json`);
  return answer.ok ? answer.json() : null;
}

export async function outline(folder, file, code) {
  const inside = file.endsWith("-counties") && code.length === 4 ? code : "";
  const name = inside || file;
  if (!outlines.has(name)) {
    const map = await read(folder, file);
    if (!map) return null;
    if (SEA.includes(name)) {
      // The line around these waters comes with the outlines of the country.
      const country = await read(folder, "china");
      if (!country) return null;
      map.features.push(...country.features.filter((one) => !one.properties.code));
    }
    if (inside) map.features = map.features.filter((one) => one.properties.code.startsWith(inside));
    outlines.set(name, map);
    window.echarts.registerMap(name, map);
  }
  return { name, map: outlines.get(name) };
}

function shortened(name) {
  const short = name.replace(ENDINGS, "");
  return short.length > 1 ? short : name;
}

function centres(map) {
  return new Map(map.features.filter((one) => one.properties.code).map((one) => [one.properties.code, one.properties.center]));
}

// The busiest last, so that it lies on top; each on a band of paper, so that crossings can be followed.
function lines(facts, map, moving) {
  const places = centres(map);
  const most = Math.max(1, ...facts.lines.map((one) => one.count));
  const drawn = facts.lines
    .filter((one) => places.has(one.source) && places.has(one.target))
    .map((one) => ({ name: `${one.from} → ${one.to}`, value: one.count, coords: [places.get(one.source), places.get(one.target)], part: Math.sqrt(one.count / most) }))
    .reverse();
  const width = ({ part }) => 0.9 + 3.6 * part;
  const common = { type: "lines", coordinateSystem: "geo", zlevel: moving ? 1 : 0, z: 4 };
  return [
    {
      ...common,
      silent: true,
      lineStyle: { color: token("--card"), opacity: 0.75, curveness: 0.2 },
      data: drawn.map((one) => ({ coords: one.coords, lineStyle: { width: width(one) + 2.4 } })),
    },
    {
      ...common,
      z: 5,
      symbol: ["none", "arrow"],
      emphasis: { lineStyle: { opacity: 1, width: 5 } },
      lineStyle: { color: token("--gold"), opacity: 0.85, curveness: 0.2 },
      ...(moving && !calm ? { effect: { show: true, period: 5, symbol: "circle", symbolSize: 4, trailLength: 0.25, color: token("--ink") } } : {}),
      data: drawn.map((one) => ({ name: one.name, value: one.value, coords: one.coords, symbolSize: [0, 5 + 5 * one.part], lineStyle: { width: width(one) } })),
    },
  ];
}

// An island's name stands in the sea beside it.
function beside(code) {
  return code === "71" ? { label: { position: "right" } } : {};
}

// Names with their numbers, the largest first: where there is no room for two, the larger one stays.
function labels(facts, map, isPlace, size, moving) {
  const places = centres(map);
  const counts = new Map(facts.places.map((one) => [one.code, one.count]));
  const names = map.features.map((one) => one.properties).filter((one) => one.code && isPlace(one.code));
  const rows = names.map(({ code, name }) => ({ code, name: shortened(name), count: counts.get(code) || 0 }));
  return {
    type: "scatter",
    coordinateSystem: "geo",
    silent: true,
    zlevel: moving ? 2 : 0,
    z: 6,
    symbolSize: 1,
    itemStyle: { color: "transparent" },
    labelLayout: { hideOverlap: true },
    label: {
      show: true,
      formatter: ({ name }) => name,
      color: token("--ink"),
      fontSize: size,
      lineHeight: size * 1.2,
      textBorderColor: token("--card"),
      textBorderWidth: 3,
    },
    data: rows
      .sort((one, other) => other.count - one.count)
      .map((one) => ({ name: one.count ? `${one.name}\n${said(one.count)}` : one.name, value: [...places.get(one.code), one.count], ...beside(one.code) }))
      .filter((one) => one.value[2] || map.features.length < 40),
  };
}

function formatter(names, counts) {
  return ({ name, seriesType, value }) => {
    if (seriesType === "lines") return `${name}　${said(value)} 人`;
    const place = counts.get(name);
    const word = names.get(name) || name;
    if (!word) return "";
    return place ? `${word}　${said(place.count)} 人${place.deeper ? "\n点按看下一级" : "\n点按看名单"}` : `${word}　0 人`;
  };
}

function corners(map, name) {
  if (BOUNDS[name]) return BOUNDS[name];
  const box = [Infinity, -Infinity, -Infinity, Infinity];
  const walk = (part) => {
    if (typeof part[0] !== "number") return part.forEach(walk);
    const [x, y] = part;
    box[0] = Math.min(box[0], x);
    box[1] = Math.max(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.min(box[3], y);
  };
  map.features.forEach((one) => walk(one.geometry.coordinates));
  return [[box[0], box[1]], [box[2], box[3]]];
}

// A land keeps its shape in whatever room there is: a degree of longitude is shorter the farther north it lies.
function fitted([[west, north], [east, south]], room) {
  const aspectScale = Math.cos((((north + south) / 2) * Math.PI) / 180);
  const aspect = ((east - west) / (north - south)) * aspectScale;
  const across = Math.min(room.width, room.height * aspect);
  return { aspectScale, layoutCenter: [room.x, room.y], layoutSize: aspect > 1 ? across : across / aspect };
}

// The whole sea of the province, small: every island of its own is there, in the shade of its number.
function inset(name, map, counts, pieces, width, height) {
  const shade = (count) => pieces.find((piece) => count > piece.min && count < piece.max)?.color;
  return {
    map: name,
    nameProperty: "code",
    roam: false,
    silent: true,
    ...fitted(corners(map, ""), { x: width - 68, y: height - 78, width: 104, height: 128 }),
    label: { show: false },
    itemStyle: { areaColor: token("--card"), borderColor: token("--edge"), borderWidth: 0.6 },
    regions: [...counts.values()].map((one) => ({ name: one.code, itemStyle: { areaColor: shade(one.count), borderColor: shade(one.count), borderWidth: 1.5 } })),
  };
}

export function option(facts, { name, map }, { width, height, withLines, moving = false, legend = width > 520, size = 12 }) {
  const names = new Map(map.features.map((one) => [one.properties.code, one.properties.name]));
  const counts = new Map(facts.places.map((one) => [one.code, one]));
  // Farms and reserves that the outlines draw by themselves are nobody's address: no label.
  const isPlace = (code) => name === "china" || code.length === 4 || counts.has(code) || facts.map.endsWith("-counties");
  const pieces = steps(Math.max(0, ...facts.places.map((one) => one.count)), "人");
  const frame = { right: 10, bottom: 8, shape: { width: 116, height: 140 } };
  const hasSea = SEA.includes(name);
  return {
    animation: !calm,
    textStyle: { fontFamily: token("--font") },
    tooltip: tooltip({ formatter: formatter(names, counts) }),
    visualMap: {
      type: "piecewise",
      pieces,
      seriesIndex: 0,
      // On a phone the legend would lie on the map; the table below says the same.
      show: legend,
      left: 8,
      bottom: 8,
      padding: 6,
      backgroundColor: token("--wash"),
      itemWidth: 14,
      itemHeight: 10,
      itemGap: 5,
      textStyle: { color: token("--soft"), fontSize: size },
      hoverLink: false,
      selectedMode: false,
    },
    ...(hasSea ? { graphic: [{ type: "rect", z: 0, silent: true, ...frame, style: { fill: token("--wash"), stroke: token("--edge") } }] } : {}),
    geo: [{
      map: name,
      nameProperty: "code",
      roam: false,
      // The islands of the South China Sea stand in their usual inset.
      ...(BOUNDS[name] ? { boundingCoords: BOUNDS[name] } : {}),
      ...fitted(corners(map, name), { x: width / 2, y: height / 2, width: width - 24, height: height - 24 }),
      selectedMode: false,
      label: { show: false },
      itemStyle: { areaColor: token("--card"), borderColor: token("--edge"), borderWidth: 0.5 },
      emphasis: { label: { show: false }, itemStyle: { areaColor: token("--gold-wash"), borderColor: token("--gold"), borderWidth: 1 } },
    }, ...(hasSea ? [inset(name, map, counts, pieces, width, height)] : [])],
    series: [
      {
        type: "map",
        geoIndex: 0,
        data: [...names.keys()].filter(Boolean).map((code) => ({ name: code, value: counts.get(code)?.count || 0 })),
      },
      ...(withLines ? lines(facts, map, moving) : []),
      ...(width > 340 ? [labels(facts, map, isPlace, width > 520 ? size : size - 2, moving)] : []),
    ],
  };
}
