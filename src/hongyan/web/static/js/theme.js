// What everything that is drawn shares: the colours and sizes of the page, steps of shade, and when to draw anew.

const root = document.documentElement;

export const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
// An A4 sheet between its margins, in the pixels of a page.
export const SHEET = 680;

export function token(name) {
  return getComputedStyle(root).getPropertyValue(name).trim();
}

export function small() {
  return parseFloat(token("--small")) || 13;
}

export function mixed(from, to, part) {
  const channel = (text, at) => parseInt(text.slice(at, at + 2), 16);
  const full = (text) => (text.length === 4 ? "#" + [...text.slice(1)].map((c) => c + c).join("") : text);
  const [a, b] = [full(from), full(to)];
  const parts = [1, 3, 5].map((at) => Math.round(channel(a, at) + (channel(b, at) - channel(a, at)) * part));
  return `rgb(${parts.join(",")})`;
}

export function said(count) {
  return count.toLocaleString("zh-CN");
}

const BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000];

// Few places hold many and many hold few: the steps grow by powers, so that both can be told apart. Each step is
// darker than the one before (on a dark page lighter), so that they differ in grey as well.
export function steps(most, unit) {
  const fitting = BOUNDS.filter((bound) => bound <= Math.max(most, 1));
  const wanted = Math.min(5, fitting.length);
  const at = (index) => Math.round((index * (fitting.length - 1)) / Math.max(1, wanted - 1));
  const bounds = [...Array(wanted).keys()].map((index) => fitting[at(index)]);
  const coloured = bounds.map((bound, index) => {
    const next = bounds[index + 1];
    const upto = `${next === bound + 1 ? bound : `${bound}–${next - 1}`} ${unit}`.trim();
    return {
      // Half a person between two steps, so that no count lies on a border.
      min: bound - 0.5,
      max: next ? next - 0.5 : 1e9,
      color: mixed(token("--blue-wash"), token("--blue"), (index + 1) / (bounds.length + 0.6)),
      label: next ? upto : unit ? `${bound} ${unit}以上` : `${bound}+`,
    };
  });
  return [{ min: -0.5, max: 0.5, color: token("--card"), label: "没有" }, ...coloured];
}

export function tooltip(more) {
  return {
    renderMode: "richText",
    backgroundColor: token("--card"),
    borderColor: token("--line"),
    textStyle: { color: token("--ink"), fontSize: small() },
    ...more,
  };
}

// Drawn things keep the colours they were drawn with: draw again when the page changes, and in light on paper.
export function whenLooksChange(draw) {
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());
  let worn = null;
  window.addEventListener("beforeprint", () => {
    worn = worn ?? root.className;
    root.classList.remove("dark");
    root.classList.add("light");
    draw(SHEET);
  });
  window.addEventListener("afterprint", () => {
    if (worn !== null) root.className = worn;
    worn = null;
    draw();
  });
}
