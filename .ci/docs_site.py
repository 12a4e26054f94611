"""Look at every page of the built documentation, whose folder is the argument, in a headless Chromium."""

import json
import sys
from functools import partial
from pathlib import Path

import aiohttp
from browser import START, Tab, WrongError, run

_LOADED = 'new Promise((done) => document.readyState === "complete" ? done() : addEventListener("load", done))'
_FAULTS = """(() => {
    const article = document.querySelector("article");
    const all = (selector) => [...document.querySelectorAll(selector)];
    const report = (what, elements) =>
        elements.map((each) => `${what}: <${each.localName}> ${each.textContent.trim().split("\\n")[0].slice(0, 60)}`);

    // Too wide: the theme hides what is wider than the window, so the width of the whole page shows nothing. Its
    // headings and tables are some pixels wider than their column. What the reader can scroll is not too wide.
    const end = Math.min(article.getBoundingClientRect().right + 10, document.documentElement.clientWidth);
    const scrolls = (each) =>
        each !== article && (/auto|scroll/.test(getComputedStyle(each).overflowX) || scrolls(each.parentElement));
    const wide = (each) => each.getBoundingClientRect().right > end && !scrolls(each);

    // Pale: a contrast below that of WCAG 2.2, 1.4.3.
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const over = ([r, g, b, alpha = 1], below) => [r, g, b].map((each, i) => each * alpha + below[i] * (1 - alpha));
    const paper = (each) =>
        each ? over(numbers(getComputedStyle(each).backgroundColor), paper(each.parentElement)) : [255, 255, 255];
    const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const luminance = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const contrast = (each) => {
        const below = paper(each);
        const both = [below, over(numbers(getComputedStyle(each).color), below)].map(luminance);
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    };
    const isText = (each) => [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const isSeen = (each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest("svg");
    const pale = (each) => isText(each) && isSeen(each) && contrast(each) < 4.5;
    const plain = (link) => getComputedStyle(link).textDecorationLine === "none";

    return [
        ...report("too wide", all("article *").filter((each) => wide(each) && !wide(each.parentElement))),
        ...report("pale", all("article *, .sidebar-tree a").filter(pale)),
        ...report("not like a link", all("pre a").filter(plain)),
    ];
})()"""
# Both widths in light and dark: the width, what the reader's system prefers, what the reader has chosen on the site.
_SCREENS = ((390, "light", "auto"), (390, "light", "dark"), (1440, "dark", "auto"), (1440, "dark", "light"))


async def _main(folder: Path, pages: list[Path], tab: Tab, _: aiohttp.ClientSession) -> None:
    faults: dict[str, str] = {}
    links = 0
    for page in pages:
        name = page.relative_to(folder)
        await tab.call("Page.navigate", url=page.as_uri())
        await tab.value(_LOADED)
        for width, system, choice in _SCREENS:
            await tab.resize(width, system)
            await tab.value(f"document.body.dataset.theme = {json.dumps(choice)}")
            for fault in await tab.value(_FAULTS):
                faults.setdefault(f"{name}: {fault}", f"{width} pixels, {system}, {choice}")
        links += await tab.value('document.querySelectorAll("pre a").length')
        # A failed request is among them.
        faults |= dict.fromkeys((f"{name}: {problem}" for problem in tab.problems), "console")
        tab.problems.clear()
    if not links:
        # The extension that makes them does so only in a new build.
        faults["no links in code"] = "anywhere"
    if faults:
        raise WrongError("\n".join(f"{fault} ({where})" for fault, where in faults.items()))
    print(f"{len(pages)} pages, {links} links in code")


if __name__ == "__main__":
    root = Path(sys.argv[1]).resolve()
    found = sorted(root.rglob("*.html"))
    if not found:
        sys.exit(f"no pages in {root}")
    run("the documentation", partial(_main, root, found), 3 * START)
