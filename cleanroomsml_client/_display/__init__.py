"""How models look in a notebook and in rich. Nothing is loaded or computed before somebody looks."""

from typing import Any, TypeVar

__all__ = ["displayed"]

_T = TypeVar("_T")


def displayed(model: type[_T]) -> type[_T]:
    """Class decorator: let IPython and rich show instances as pictures instead of reprs."""
    hooks: Any = model
    hooks.__rich__ = _rich
    hooks._repr_html_ = _repr_html
    return model


def _rich(self: object) -> object:
    from .terminal import picture  # noqa: PLC0415  # only rich asks, so it is installed

    return picture(self)


def _repr_html(self: object) -> str:
    from .notebook import picture  # noqa: PLC0415  # most programs never show anything

    return picture(self)
