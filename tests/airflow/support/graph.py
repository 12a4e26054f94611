"""Draws the graphs of the example DAGs for the documentation: `python -m tests.airflow.support.graph`."""

import importlib.util
import math
from html import escape
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

from airflow.sdk import DAG

__all__ = ["pictures", "svg"]

_DOCS = Path(__file__).parents[3] / "docs"
_EXAMPLES = ("lookalike", "custom_model")

_WIDTH, _MARGIN = 760, 20
_BOX, _ROW = 100, 56
_HEAD = 'refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"'
_STYLE = """
  .paper { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1f2328; font: 13px system-ui, -apple-system, "Segoe UI", sans-serif }
  .task { fill: #eef1f4; stroke: #59636e }
  .wait { fill: #cfe8df; stroke: #1a7f64 }
  .edge { fill: none; stroke: #59636e; stroke-width: 1.5 }
  .head { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #15191f; stroke: #30363d }
    text { fill: #e6edf3 }
    .task { fill: #262c34; stroke: #9198a1 }
    .wait { fill: #17473a; stroke: #3fb994 }
    .edge { stroke: #9198a1 }
    .head { fill: #9198a1 }
  }
"""


def svg(dag: DAG) -> str:
    """Return the tasks as boxes from left to right. An arrow that follows from others is left out."""
    columns, routes = _layout(dag)
    rows = max(map(len, columns))
    step = (_WIDTH - 2 * _MARGIN - _BOX) / max(len(columns) - 1, 1)
    place = {
        name: (_MARGIN + column * step, ((rows - len(names) + 1) / 2 + row) * _ROW + 10)
        for column, names in enumerate(columns)
        for row, name in enumerate(names)
    }
    height = rows * _ROW + 54
    title = f"The DAG {dag.dag_id}: {', '.join(f'{route[0]} before {route[-1]}' for route in routes)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<marker id="head" {_HEAD}><path class="head" d="M0,0 L8,4 L0,8 z"/></marker>',
        f'<rect class="paper" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="6"/>',
    ]
    half = (step - _BOX) / 2
    for first, *others in routes:
        x, y = place[first]
        path = f"M{x:.1f},{y:.1f}"
        for name in others:
            (_, old), (x, y) = (x, y), place[name]
            path += f" H{x - 2 * half:.1f} C{x - half:.1f},{old:.1f} {x - half:.1f},{y:.1f} {x:.1f},{y:.1f}"
        parts.append(f'<path class="edge" marker-end="url(#head)" d="{path}"/>')
    for name, task in dag.task_dict.items():
        x, y = place[name]
        class_ = "wait" if getattr(task, "deferrable", False) else "task"
        parts.append(f'<rect class="{class_}" x="{x:.1f}" y="{y - 18:.1f}" width="{_BOX}" height="36" rx="8"/>')
        parts.append(f'<text x="{x + _BOX / 2:.1f}" y="{y + 4:.1f}" text-anchor="middle">{escape(name)}</text>')
    parts.append(f'<rect class="wait" x="{_MARGIN}" y="{height - 34}" width="20" height="14" rx="4"/>')
    parts.append(f'<text x="{_MARGIN + 28}" y="{height - 22}">waits until AWS is done, without a worker</text>')
    return "\n".join([*parts, "</svg>\n"])


def _layout(dag: DAG) -> tuple[list[list[str]], list[list[str]]]:
    """Return the names in each column, and what each arrow passes: the tasks at its ends, free places between them."""
    tasks: dict[str, Any] = dag.task_dict
    before = {name: task.get_flat_relative_ids(upstream=True) for name, task in tasks.items()}
    sources = {
        name: [each for each in sorted(direct) if not any(each in before[other] for other in direct)]
        for name, direct in ((name, task.upstream_task_ids) for name, task in tasks.items())
    }
    column_of: dict[str, int] = {}
    for name in sorted(tasks, key=lambda name: len(before[name])):
        column_of[name] = max((column_of[source] + 1 for source in sources[name]), default=0)
    for name in tasks:
        if not before[name]:
            column_of[name] = min(column_of[to] - 1 for to in tasks if name in sources[to])
    routes = [
        [source, *(f"{source}>{name}{column}" for column in range(column_of[source] + 1, column_of[name])), name]
        for name in tasks
        for source in sources[name]
    ]
    columns: list[list[str]] = [[] for _ in range(max(column_of.values()) + 1)]
    for name in tasks:
        columns[column_of[name]].append(name)
    for route in routes:
        for column, name in enumerate(route[1:-1], column_of[route[0]] + 1):
            columns[column].append(name)
    # What has its sources above stands above.
    rows: dict[str, float] = {}
    for names in columns:
        height = {name: [rows[a] for route in routes for a, b in pairwise(route) if b == name] for name in names}
        names.sort(key=lambda name: mean(height[name] or [-math.inf]))
        rows.update({name: row - len(names) / 2 for row, name in enumerate(names)})
    return columns, routes


def pictures() -> dict[Path, str]:
    """Return the picture of each example, by the file that the documentation shows."""
    drawn: dict[Path, str] = {}
    for name in _EXAMPLES:
        spec: Any = importlib.util.spec_from_file_location(name, _DOCS / "examples" / "airflow" / f"{name}_dag.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        drawn[_DOCS / "_static" / f"airflow-{name.replace('_', '-')}.svg"] = svg(module.dag)
    return drawn


if __name__ == "__main__":
    for path, picture in pictures().items():
        path.write_text(picture, encoding="utf-8")
