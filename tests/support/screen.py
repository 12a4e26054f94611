"""What a terminal shows after a program has drawn on it."""

import re

__all__ = ["lines_on_screen"]

_STEP = re.compile(r"\x1b\[(?P<number>\d*)A|\x1b\[2K|\x1b\[[0-9;?]*[A-Za-z]|\r\n|\n|\r|[^\x1b\r\n]+")


def lines_on_screen(output: str) -> list[str]:
    """Return the lines that are left on the screen after lines were cleared and drawn again; no line is wrapped."""
    lines, row = [""], 0
    for step in _STEP.finditer(output):
        text = step[0]
        if step["number"] is not None:
            row = max(0, row - int(step["number"] or 1))
        elif text == "\x1b[2K":
            lines[row] = ""
        elif text in {"\n", "\r\n"}:
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif text[0] not in "\x1b\r":
            lines[row] += text
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.rstrip() for line in lines]
