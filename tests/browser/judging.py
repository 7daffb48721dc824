"""What does a page withhold from people who see, hear or move differently: axe's rules and six of our own?"""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page, ViewportSize

PHONE: ViewportSize = {"width": 390, "height": 844}
OFFICE: ViewportSize = {"width": 1366, "height": 768}
NARROW: ViewportSize = {"width": 320, "height": 700}
GRAVE = ("serious", "critical")
TARGET, LARGE_TARGET, LARGE_TEXT = 44, 60, 18
# A page with more stops than this is a list; that its first so many can be reached says enough.
STOPS = 90

_AXE = """async (only) => {
  const options = { resultTypes: ["violations"], ...(only.length ? { runOnly: only } : {}) };
  const found = await axe.run(document, options);
  return found.violations.map((each) => [each.id, each.impact, each.nodes.slice(0, 3).map((node) =>
    node.target.join(" ") + " · " + (node.failureSummary || "").replace(/\\s+/g, " ").slice(0, 240))]);
}"""

# What a person can act on, without what is hidden or switched off.
_ACTIONABLE = """
  const shown = (element) => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return box.width > 0 && box.height > 0 && style.visibility !== "hidden" && element.checkVisibility();
  };
  const selector = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";
  const modal = document.querySelector("dialog:modal");
  const actionable = [...document.querySelectorAll(selector)].filter((each) => !each.disabled && shown(each) &&
    (!modal || modal.contains(each)));
  const named = (element) => element.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
"""

_TARGETS = (
    """(least) => {"""
    + _ACTIONABLE
    + """
  const inSentence = (element) => {
    // A link among words follows the line height of the words (WCAG 2.5.8, inline).
    if (element.tagName !== "A" || getComputedStyle(element).display !== "inline") return false;
    const around = element.parentElement.textContent.trim().length - element.textContent.trim().length;
    return around > 1;
  };
  const target = (element) => {
    const label = element.closest("label") || (element.id && document.querySelector(`label[for="${element.id}"]`));
    const small = element.matches("input[type=radio], input[type=checkbox], input[type=file]");
    const boxes = [element.getBoundingClientRect()];
    if (small && label) boxes.push(label.getBoundingClientRect());
    return { width: Math.max(...boxes.map((box) => box.width)), height: Math.max(...boxes.map((box) => box.height)) };
  };
  return actionable.filter((element) => !inSentence(element) && !element.classList.contains("skip"))
    .map((element) => [target(element), element])
    // A link of two letters is as wide as its letters; WCAG 2.5.8 asks for 24.
    .filter(([box, element]) => box.height < least - 0.5 || box.width < (element.tagName === "A" ? 24 : 40) - 0.5)
    .map(([box, element]) => `${Math.round(box.width)}×${Math.round(box.height)} ${named(element)}`);
}"""
)

_SMALL_TEXT = """(least) => {
  // Main text: paragraphs, cells, list items, labels, headings and what can be acted on; notes may be smaller.
  const main = document.querySelector("main") || document.body;
  const words = [...main.querySelectorAll("p, td, li, dd, dt, label, h1, h2, h3, button, .btn, input, select, textarea")];
  return words.filter((each) => each.checkVisibility() && each.getBoundingClientRect().width > 1)
    .filter((each) => !each.matches("small, .small, .soft, .faint, .tag, small *, .small *, .soft *, .faint *, .tag *"))
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || each.matches("input:not([type=radio], [type=checkbox]), select, textarea"))
    .map((each) => [parseFloat(getComputedStyle(each).fontSize), each])
    .filter(([size]) => size < least)
    .map(([size, each]) => `${size}px ${each.outerHTML.replace(/\\s+/g, " ").slice(0, 110)}`);
}"""

_FRAME = """() => ({
  lang: document.documentElement.lang,
  title: document.title,
  headings: document.querySelectorAll("h1").length,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  culprits: document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
    [...document.querySelectorAll("main *, header *, footer *")]
      .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .slice(0, 4).map((each) => each.outerHTML.replace(/\\s+/g, " ").slice(0, 90)),
})"""

_LISTEN = """() => {
  window.__stops = [];
  document.activeElement?.blur?.();
  const look = (element) => {
    const style = getComputedStyle(element);
    return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor, style.backgroundColor].join("|");
  };
  window.__looks = new Map([...document.querySelectorAll("*")].map((each) => [each, look(each)]));
  document.addEventListener("focusin", ({ target }) => {
    const seen = look(target) !== window.__looks.get(target) || target.matches("main");
    window.__stops.push([target, seen]);
  });
}"""

_UNREACHED = (
    """(most) => {"""
    + _ACTIONABLE
    + """
  const reached = new Set(window.__stops.map(([element]) => element));
  const radios = new Set([...reached].filter((each) => each.type === "radio").map((each) => each.name));
  const missed = actionable.slice(0, most).filter((each) => !reached.has(each) && each.tabIndex >= 0 &&
    !(each.type === "radio" && radios.has(each.name)) && !each.closest("[inert]"));
  const without = actionable.filter((each) => each.tabIndex < 0 && !each.matches("main"));
  const invisible = window.__stops.filter(([, seen]) => !seen).map(([element]) => element);
  return [
    ...missed.map((each) => `not reached by Tab: ${named(each)}`),
    ...without.map((each) => `taken out of the Tab order: ${named(each)}`),
    ...new Set(invisible.map((each) => `focus not visible: ${named(each)}`)),
  ];
}"""
)


def load_axe(page: Page) -> None:
    """Put axe into a page; through the debugger, which the page's Content-Security-Policy does not rule."""
    page.evaluate(AXE_SCRIPT)


def violations(page: Page, *only: str) -> list[str]:
    """List what axe calls serious or critical; `only` names the rules to ask."""
    found: list[Any] = page.evaluate(_AXE, list(only))
    return [f"{rule}: {node}" for rule, impact, nodes in found if impact in GRAVE for node in nodes]


def small_targets(page: Page, least: int) -> list[str]:
    """List what is too small for a finger."""
    return [f"target under {least} px: {each}" for each in page.evaluate(_TARGETS, least)]


def small_text(page: Page) -> list[str]:
    """List the main text that large type leaves too small."""
    return [f"text under {LARGE_TEXT} px: {each}" for each in page.evaluate(_SMALL_TEXT, LARGE_TEXT)]


def frame(page: Page) -> dict[str, Any]:
    """Read language, title, headings and how far the page is wider than its window."""
    found: dict[str, Any] = page.evaluate(_FRAME)
    return found


def sideways(page: Page) -> list[str]:
    """Say by how much a page must be scrolled sideways, and what sticks out."""
    found = frame(page)
    return [f"{found['wide']} px too wide: {found['culprits']}"] if found["wide"] > 0 else []


def unreachable(page: Page) -> list[str]:
    """Walk a page by the Tab key; list what was not reached and where the focus could not be seen."""
    page.evaluate(_LISTEN)
    count = page.evaluate("() => {" + _ACTIONABLE + "return actionable.length; }")
    for _ in range(min(count, STOPS) + 10):
        page.keyboard.press("Tab")
    found: list[str] = page.evaluate(_UNREACHED, STOPS - 5)
    return found


def reveal(page: Page) -> None:
    """Bring in what a page fetches only when one scrolls to it: half of it must not come while one judges."""
    for part in page.locator("[hx-trigger='revealed']").all():
        before = part.inner_html()
        part.scroll_into_view_if_needed()
        page.wait_for_function(
            "([part, before]) => part.innerHTML !== before && !part.matches('.htmx-swapping, .htmx-settling')",
            arg=[part.element_handle(), before],
        )
    page.evaluate("window.scrollTo(0, 0)")


def judged(page: Page) -> list[str]:
    """Judge one open page in every size, light and dark, and in large type; leave it as it was."""
    found: list[str] = []
    reveal(page)
    load_axe(page)
    for size in (OFFICE, PHONE):
        page.set_viewport_size(size)
        found += violations(page)
        page.emulate_media(color_scheme="dark")
        # What the rules read of the structure is the same in the dark; colours are not.
        found += [f"dark: {each}" for each in violations(page, "color-contrast", "link-in-text-block")]
        page.emulate_media(color_scheme="light")
    found += small_targets(page, TARGET)
    found += _in_large_type(page)
    page.set_viewport_size(NARROW)
    found += [f"at 320 px: {each}" for each in sideways(page)]
    page.set_viewport_size(OFFICE)
    found += unreachable(page)
    shape = frame(page)
    found += [] if shape["lang"] == "zh-Hans" else [f"lang is {shape['lang']!r}"]
    found += [] if shape["headings"] == 1 else [f"{shape['headings']} main headings"]
    return found


def _in_large_type(page: Page) -> list[str]:
    """Judge large type: the switch sets this class on the server, and nothing else."""
    page.evaluate("document.documentElement.classList.add('large')")
    found = [*small_targets(page, LARGE_TARGET), *small_text(page), *sideways(page), *violations(page)]
    page.set_viewport_size(NARROW)
    found += [f"at 320 px: {each}" for each in sideways(page)]
    page.evaluate("document.documentElement.classList.remove('large')")
    return [f"large: {each}" for each in found]
