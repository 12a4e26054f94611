"""Messages about names that do not exist: the most similar one that does, and all there are."""

from collections.abc import Collection
from difflib import get_close_matches

__all__ = ["did_you_mean", "there_are"]


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return a question that proposes the most similar name; empty if none is similar."""
    similar = get_close_matches(name, known, n=1, cutoff=0.7)
    return f"did you mean {similar[0]}?" if similar else ""


def there_are(name: str, known: Collection[str]) -> str:
    """Return the most similar name, if there is one, and all names."""
    question = did_you_mean(name, known)
    everything = ", ".join(known)
    return f"{question} There are {everything}" if question else f"there are {everything}"
