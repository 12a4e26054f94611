"""The page for people, as text: .ci/page.py tests it in a browser."""

# pyright: reportPrivateUsage=false

import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from cleanroomsml_client.local import control

_PAGE = (files("cleanroomsml_client.local") / "page.html").read_text(encoding="utf-8")
_SCRIPT = re.sub("(?s).*<script>(.*)</script>.*", r"\1", _PAGE)
_VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}
_REFERENCES = {"action", "background", "data", "formaction", "href", "ping", "poster", "src", "srcset", "xlink:href"}


class _Document(HTMLParser):
    """The elements of the page; an end tag must end the innermost element that is open."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(_PAGE)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop(), f"line {self.getpos()[0]}"

    def attribute(self, name: str) -> list[str]:
        """Return the values of an attribute."""
        return [attributes[name] or "" for _, attributes in self.elements if name in attributes]


_DOCUMENT = _Document()
# Without it, browsers request /favicon.ico.
_NO_ICON = "data:,"


def test_the_elements_are_balanced() -> None:
    """Every element that is opened is closed, in the right order."""
    assert _PAGE.startswith("<!DOCTYPE html>\n<html lang=")
    assert _DOCUMENT.open == []


def test_the_landmarks_are_there() -> None:
    """Screen readers find one header, one main part and one title of the page."""
    tags = [tag for tag, _ in _DOCUMENT.elements]
    assert {tag: tags.count(tag) for tag in ("title", "header", "main", "h1", "style", "script")} == {
        "title": 1,
        "header": 1,
        "main": 1,
        "h1": 1,
        "style": 1,
        "script": 1,
    }


def test_only_the_state_of_the_connection_is_announced() -> None:
    """A screen reader is not interrupted by resources that change."""
    assert [attributes["id"] for _, attributes in _DOCUMENT.elements if "aria-live" in attributes] == ["state"]
    assert re.findall(r"aria-?live", _SCRIPT, re.IGNORECASE) == []


def test_every_named_element_exists() -> None:
    """The script, labels and links name elements of the page, whose ids are unique."""
    ids = _DOCUMENT.attribute("id")
    assert len(ids) == len(set(ids))
    links = [link.removeprefix("#") for link in _DOCUMENT.attribute("href") if link != _NO_ICON]
    labels = _DOCUMENT.attribute("for") + _DOCUMENT.attribute("aria-labelledby")
    named = re.findall(r'byId\("([^"]*)"\)', _SCRIPT)
    assert len(named) > 10
    assert {*links, *labels, *named} <= set(ids)


def test_nothing_is_loaded_from_elsewhere() -> None:
    """The page has no address of another site, and no file of its own besides itself."""
    references = [value for name in _REFERENCES for value in _DOCUMENT.attribute(name)]
    assert [reference for reference in references if not reference.startswith("#")] == [_NO_ICON]
    assert re.findall(r"https?:|\burl\(|@import|\bimport\b|data:(?=\w+/)", _PAGE) == []


def test_there_are_no_inline_handlers_or_styles() -> None:
    """Events are handled in the script, and styles are in the style sheet."""
    names = {name for _, attributes in _DOCUMENT.elements for name in attributes}
    assert {name for name in names if name.startswith("on") or name == "style"} == set()


@pytest.mark.parametrize(
    "name",
    [
        *("innerHTML", "outerHTML", "insertAdjacentHTML", "setHTML", "createContextualFragment", "DOMParser", "srcdoc"),
        *(r"document\.write", r"\beval\b", r"\bFunction\(", r"setTimeout\([\"'`]", "localStorage", r"document\.cookie"),
    ],
)
def test_the_script_turns_no_text_into_html_or_code(name: str) -> None:
    """Names of resources come from anybody, so the script only sets text. It keeps nothing when the window closes."""
    assert re.findall(name, _SCRIPT) == []


def test_the_control_api_has_what_the_script_requests() -> None:
    """The script only reads, from paths that the control API has."""
    paths = re.findall(r"(/_cleanroomsml/[^\"'`]*)[\"'`]", _SCRIPT)
    assert sorted(paths) == [f"/_cleanroomsml/v1/{name}" for name in ("clock", "memberships", "requests", "resources")]
    assert all("GET" in control._ROUTES[path.rpartition("/")[2]] for path in paths)
    assert re.findall(r"fetch\(.*", _SCRIPT) == [
        'fetch(path, { headers, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) });'
    ]


def _colours(scheme: str) -> dict[str, str]:
    """Return the colours of a scheme; those of the light one are first in the style sheet."""
    blocks = re.findall(r"(?s):root \{(.*?)\}", _PAGE)
    return dict(re.findall(r"--(\w+): #(\w+);", blocks[["light", "dark"].index(scheme)]))


def _luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    channels = [int(digits[position : position + 2], 16) / 255 for position in (0, 2, 4)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_in_the_standard() -> None:
    """The figures are those of WCAG: 21 for black on white, 4.54 for #767676 on white."""
    assert _contrast("fff", "000000") == pytest.approx(21)
    assert _contrast("767676", "fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable(scheme: str) -> None:
    """Each colour of text has the contrast of WCAG AA on each background, and so have edges of fields and bars."""
    colours = _colours(scheme)
    grounds = [colours[name] for name in ("ground", "surface", "raised")]
    texts = [colours[name] for name in ("text", "muted", "accent", "good", "bad")]
    assert min(_contrast(text, ground) for text in texts for ground in grounds) >= 4.5
    assert _contrast(colours["field"], colours["surface"]) >= 3
    assert _contrast(colours["accent"], colours["track"]) >= 3


def test_both_schemes_have_the_same_colours() -> None:
    """No colour of the light scheme is left over in the dark one."""
    assert _colours("light").keys() == _colours("dark").keys()
