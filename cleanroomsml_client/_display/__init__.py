"""How models are shown in notebooks and by rich. Nothing is loaded or computed before a model is shown."""

from typing import Any, TypeVar

__all__ = ["displayed"]

_T = TypeVar("_T")


def displayed(model: type[_T]) -> type[_T]:
    """Class decorator: let IPython and rich show instances as tables and charts instead of reprs."""
    hooks: Any = model
    hooks.__rich__ = _rich
    hooks._repr_html_ = _repr_html
    return model


def _rich(self: object) -> object:
    from .terminal import render_rich  # noqa: PLC0415  # only rich calls this, so it is installed

    return render_rich(self)


def _repr_html(self: object) -> str:
    from .notebook import render_html  # noqa: PLC0415  # only notebooks need it

    return render_html(self)
