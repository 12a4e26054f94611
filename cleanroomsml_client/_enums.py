"""Enums that outlive the list of values known today."""

from enum import StrEnum
from typing import Self

__all__ = ["OpenEnum"]


class OpenEnum(StrEnum):
    """A `StrEnum` that also takes values AWS adds after this release.

    A value without a member of its own keeps its text: it equals it, hashes like it, and is sent back unchanged.
    `is_known` tells the two apart.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        # Plain text, also of another enum's member.
        text = str.__str__(value)
        unknown = str.__new__(cls, text)
        unknown._name_ = text
        unknown._value_ = text
        return unknown

    @property
    def is_known(self) -> bool:
        """False: AWS added this value after this release."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        if self.is_known:
            return super().__repr__()
        return f"<{type(self).__name__} (unknown): {self._value_!r}>"

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        # By value: Python 3.11 would look an unknown one up by name.
        return type(self), (self._value_,)
