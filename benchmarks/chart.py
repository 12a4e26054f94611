"""The results as a bar chart in SVG: its text can be selected, its colours follow the reader's light or dark mode."""

from html import escape

from .competitors import COMPETITORS, OURS
from .figures import Figures
from .workloads import WORK

__all__ = ["chart"]

_SHOWN = ("get", "page-100", "drain")

_WIDTH, _MARGIN = 760, 24
_NAMES = 200
"""Where bars start."""
_VALUES = 80
"""Width of the figure after the longest bar."""
_BAR, _STEP, _TITLE = 16, 24, 44

_STYLE = """
  .paper { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1f2328; font: 13px system-ui, -apple-system, "Segoe UI", sans-serif }
  .title { font-weight: 600 }
  .quiet { fill: #59636e }
  .bar { fill: #b3bcc7 }
  .ours { fill: #1a7f64 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #15191f; stroke: #30363d }
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .bar { fill: #4d5663 }
    .ours { fill: #3fb994 }
  }
"""


def chart(figures: Figures) -> str:
    """Return CPU time by client: a group of bars for each piece of work, each with its own scale."""
    parts: list[str] = []
    y = _MARGIN + 14
    parts.append(_text(_MARGIN, y, "CPU time of the client: less is better", "title"))
    for name in _SHOWN:
        costs = {
            competitor: cost for competitor in COMPETITORS if (cost := figures.get(name, competitor, "cpu")) is not None
        }
        y += _TITLE
        parts.append(_text(_MARGIN, y, WORK[name].title, "title"))
        y += 12
        for competitor, cost in costs.items():
            parts += _bar(y, competitor, cost, cost / max(costs.values()))
            y += _STEP
        y -= _STEP - _BAR
    height = y + _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" role="img">',
            f"<title>{escape(_summary(figures))}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="6"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _bar(y: int, competitor: str, cost: float, share: float) -> list[str]:
    ours = competitor == OURS
    width = max(1.0, share * (_WIDTH - _NAMES - _VALUES - _MARGIN))
    text_y = y + _BAR - 4
    return [
        _text(_MARGIN, text_y, competitor, "title" if ours else "quiet"),
        f'<rect class="{"ours" if ours else "bar"}" x="{_NAMES}" y="{y}" width="{width:.1f}" height="{_BAR}" rx="2"/>',
        _text(_NAMES + width + 6, text_y, _milliseconds(cost), "title" if ours else "quiet"),
    ]


def _text(x: float, y: float, text: str, style: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _milliseconds(seconds: float) -> str:
    milliseconds = seconds * 1000
    return f"{milliseconds:,.0f} ms" if milliseconds >= 100 else f"{milliseconds:.2g} ms"  # noqa: PLR2004  # 3 digits


def _summary(figures: Figures) -> str:
    """Return the content of the chart as text, for screen readers."""
    sentences = [
        f"{WORK[name].title}: "
        + ", ".join(
            f"{competitor} {_milliseconds(cost)}"
            for competitor in COMPETITORS
            if (cost := figures.get(name, competitor, "cpu")) is not None
        )
        for name in _SHOWN
    ]
    return "CPU time of the client. " + ". ".join(sentences) + "."
