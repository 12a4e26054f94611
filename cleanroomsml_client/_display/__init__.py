"""How models are shown at prompts, in notebooks and by rich. Nothing is loaded or computed before a model is shown."""

from typing import Any, TypeVar

__all__ = ["Items", "displayed"]

_T = TypeVar("_T")


def displayed(model: type[_T]) -> type[_T]:
    """Class decorator: let IPython and rich show instances as tables and charts instead of reprs.

    In a list at a prompt of IPython, each instance is one short line.
    """
    hooks: Any = model
    hooks.__rich__ = _rich
    hooks._repr_html_ = _repr_html
    hooks._repr_pretty_ = _repr_pretty
    return model


def _rich(self: object) -> object:
    from .terminal import render_rich  # noqa: PLC0415  # only rich calls this, so it is installed

    return render_rich(self)


def _repr_html(self: object) -> str:
    from .notebook import render_html  # noqa: PLC0415  # only notebooks need it

    return render_html(self)


def _repr_pretty(self: object, printer: Any, cycle: bool) -> None:  # noqa: ANN401, FBT001  # IPython's, untyped
    from .prompt import print_model  # noqa: PLC0415  # only IPython needs it

    print_model(self, printer, is_nested=cycle or len(printer.stack) > 1)


class Items(list[_T]):
    """A list that IPython and rich show as a table with a row for each item. Otherwise, and when pickled, a list."""

    def __reduce_ex__(self, protocol: object) -> tuple[type[list[_T]], tuple[list[_T]]]:
        return list, (list(self),)

    def __rich__(self) -> object:
        """Return a table for rich."""
        from .terminal import render_items  # noqa: PLC0415  # only rich calls this, so it is installed

        return render_items(self)

    def _repr_html_(self) -> str:
        from .notebook import render_items  # noqa: PLC0415  # only notebooks need it

        return render_items(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ANN401, FBT001  # IPython's, untyped
        from .prompt import print_items  # noqa: PLC0415  # only IPython needs it

        del cycle
        print_items(self, printer)
