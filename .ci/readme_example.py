"""Print the first Python example of README.md."""

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"

example = re.search(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
if example is None:
    sys.exit("README.md has no Python example")
print(example[1], end="")
