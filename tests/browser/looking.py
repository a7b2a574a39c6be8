"""What can be seen, reached and read on a page: measured in the browser, told as short lines that name what is wrong.

Nothing is added to the page but style sheets made in the page itself, which its policy allows.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from playwright.async_api import Page

AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LEAST_TARGET, LEAST_ANSWER = 44, 48
"""CSS pixels, above the 24 of WCAG 2.5.8."""

_CONTROLS = """
const CONTROLS = "a[href], button, summary, select, textarea, input:not([type=hidden])";
const area = one => one.matches("[type=radio], [type=checkbox]") ? one.closest("label") ?? one : one;
const named = one => (one.id ? "#" + one.id : one.getAttribute("name") ?? "") + " " +
  one.localName + " “" + (area(one).innerText || one.value || "").trim().slice(0, 40) + "”";
const seen = one => {
  const box = area(one).getBoundingClientRect();
  return one.checkVisibility() && box.width > 1 && box.height > 1 && !one.matches(".skip:not(:focus)");
};
const controls = () => [...document.querySelectorAll(CONTROLS)].filter(seen);
const uncovered = one => {
  const box = area(one).getClientRects()[0];
  const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return area(one).contains(hit) || [...(one.labels ?? [])].some(label => label.contains(hit));
};
"""

_SIDEWAYS = """() => {
  const wide = document.scrollingElement.scrollWidth, room = document.documentElement.clientWidth;
  if (wide <= room) return [];
  const out = [...document.querySelectorAll("body *")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && (box.right > room + 1 || box.left < -1) && !one.matches(".vh, .skip");
  });
  return [wide + " in " + room, ...out.slice(0, 3).map(one => one.outerHTML.slice(0, 80))];
}"""

_CLIPPED = """() => [...document.querySelectorAll("body *")].filter(one => {
  const style = getComputedStyle(one), own = [...one.childNodes].some(part => part.nodeType === 3 && part.data.trim());
  if (!own || !one.clientWidth || !one.checkVisibility() || one.matches(".vh, .skip, option, svg *")) return false;
  const rolls = /auto|scroll/.test(style.overflowY), shut = style.overflowY !== "visible" && !rolls;
  return one.scrollWidth > one.clientWidth || shut && one.scrollHeight > one.clientHeight + 1;
}).map(one => one.scrollWidth + " in " + one.clientWidth + ": " + one.outerHTML.slice(0, 120))"""

_COVERED = f"""() => {{
  {_CONTROLS}
  return controls().filter(one => {{
    one.scrollIntoView({{block: "center", behavior: "instant"}});
    return !uncovered(one);
  }}).map(named);
}}"""

_SMALL = f"""([least, leastAnswer]) => {{
  {_CONTROLS}
  const inSentence = one => {{
    const block = one.closest("p, li, dd, label");
    const rest = block && block.innerText.replace(one.innerText, "");
    return one.localName === "a" && !one.closest("header, footer") && /[\\p{{L}}]{{2}}/u.test(rest ?? "");
  }};
  const answers = ".choice, .languages a, form button, label, select, textarea, input";
  return controls().filter(one => !inSentence(one)).map(one => {{
    const room = area(one), high = room.getBoundingClientRect().height;
    const wanted = room.closest("main") && room.matches(answers) && !room.matches(".plain") ? leastAnswer : least;
    return high < wanted - 0.5 ? Math.round(high) + " px: " + named(one) : "";
  }}).filter(line => line);
}}"""

_FOCUS = f"""() => {{
  {_CONTROLS}
  const one = document.activeElement, style = getComputedStyle(one);
  const held = one !== document.body;
  return {{
    tag: one.localName, id: one.id, name: one.getAttribute("name") ?? "", value: one.value ?? "",
    href: one.getAttribute("href") ?? "", form: one.form?.id ?? "",
    kind: one.localName === "input" ? one.type : one.localName,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none",
    clear: held && uncovered(one), says: held ? named(one) : "body",
  }};
}}"""

_STYLE = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = css ? [sheet] : [];
}"""

_AXE = """async ([tags, rules]) => {
  const only = rules.length ? {type: "rule", values: rules} : {type: "tag", values: tags};
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.map(node => rule.id + ": " + node.html.slice(0, 120)));
}"""


class Focus(NamedTuple):
    """What has the focus. ``kind`` is the type of an input, else the tag; ``form`` is that of a control; ``ring``: it
    is drawn round; ``clear``: nothing lies over it and it is in sight."""

    tag: str
    id: str
    name: str
    value: str
    form: str
    kind: str
    href: str
    ring: bool
    clear: bool
    says: str


@lru_cache(maxsize=1)
def axe_source() -> str:
    """axe-core, as the package that brings it holds it."""
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


async def axe(page: Page, *rules: str) -> list[str]:
    """Where the page breaks a rule of WCAG 2.2 A or AA or a good habit (or only one of ``rules``), by axe-core. Needs
    scripts. The driver evaluates it as a debugger does, so the page's own policy stays as it is."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(axe_source())
    found: list[str] = await page.evaluate(_AXE, [list(AXE_TAGS), list(rules)])
    return found


async def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    found: list[str] = await page.evaluate(_SIDEWAYS)
    return found


async def clipped(page: Page) -> list[str]:
    """The words that go over the edge of what they stand in."""
    found: list[str] = await page.evaluate(_CLIPPED)
    return found


async def covered(page: Page) -> list[str]:
    """The controls that a finger cannot reach, because something else lies over their middle."""
    found: list[str] = await page.evaluate(_COVERED)
    return found


async def small(page: Page) -> list[str]:
    """The controls that are lower than a finger needs; links within a sentence are as high as its letters."""
    found: list[str] = await page.evaluate(_SMALL, [LEAST_TARGET, LEAST_ANSWER])
    return found


async def focus(page: Page) -> Focus:
    """What has the focus now."""
    found: dict[str, Any] = await page.evaluate(_FOCUS)
    return Focus(**found)


async def styled(page: Page, css: str) -> None:
    """Add a reader's own style to the page; with none, take it away."""
    await page.evaluate(_STYLE, css)
