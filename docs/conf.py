"""The configuration of Sphinx, for `make docs`. Building needs no network."""

import sys
from pathlib import Path

from cleanroomsml_client import __version__

# The extensions next to this file, and the fault table in tests/.
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_extensions"), str(HERE.parent)]

project = "cleanroomsml-client"
author = "the cleanroomsml-client authors"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_codeautolink",
    "sphinx_copybutton",
    "reference",
    "links",
    "fault_table",
    "iam_table",
    "kinds_table",
    "operations_table",
    "status_table",
    "source_reference",
]
exclude_patterns = ["_build", "examples"]

# Our own names must resolve. Those of Python and aiobotocore are not resolved, because that needs a network; a type
# variable has no page.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!cleanroomsml_client\b).*"), ("py:class", r".*\._[RT]")]
# Python's `type` in a signature is ambiguous to Sphinx, because four of our classes have a member `type`.
suppress_warnings = ["ref.python"]

# In docstrings, `name` is a link wherever it is one of our names.
default_role = "py:obj"
add_module_names = False
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False
# A default is shown as in the source: Polling(), not its repr.
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
# Longer ones, counted with full names, have a line for each parameter.
maximum_signature_line_length = 120

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Names in code blocks are links, too; the blocks of a page share their imports.
codeautolink_concat_default = True

# Prompts and output of a console block are not copied; what is output as a whole has no button.
copybutton_prompt_text = "$ "
copybutton_selector = ":not(.highlight-text, .highlight-none, .highlight-default) > .highlight > pre"

html_theme = "furo"
html_title = f"cleanroomsml-client {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
# No page links to an index of names; the search finds them.
html_use_index = html_domain_indices = False
# The theme includes its fonts and scripts.
html_theme_options = {"navigation_with_keys": True}
