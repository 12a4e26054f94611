"""The names that the package exports."""

import cleanroomsml_client

__all__ = ["PUBLIC_NAMES"]

# Read at run time: the stub has no `__all__`, because a type checker would take it for the whole list.
PUBLIC_NAMES: list[str] = vars(cleanroomsml_client)["__all__"]
