"""Turns each public name in code font in the text of a page into a link to the reference."""

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.typing import ExtensionMetadata

import cleanroomsml_client

# The stub of the package, which type checkers read, has no __all__.
_PUBLIC: frozenset[str] = frozenset(vars(cleanroomsml_client)["__all__"])


class LinkPublicNames(SphinxTransform):
    """Links public names."""

    default_priority = 500

    def apply(self) -> None:
        """Wrap each public name in a reference, which Sphinx resolves later."""
        for literal in list(self.document.findall(nodes.literal)):
            name = literal.astext().removesuffix("()")
            is_link = isinstance(literal.parent, nodes.reference | addnodes.pending_xref)
            if name in _PUBLIC and not is_link:
                link = addnodes.pending_xref(
                    refdomain="py", reftype="obj", reftarget=f"cleanroomsml_client.{name}", refdoc=self.env.docname
                )
                literal.replace_self(link)
                link += literal


def setup(app: Sphinx) -> ExtensionMetadata:
    """Called by Sphinx."""
    app.add_transform(LinkPublicNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
