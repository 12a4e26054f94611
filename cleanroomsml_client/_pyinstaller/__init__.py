"""Where PyInstaller finds the hook of this package; see the entry point `pyinstaller40`."""

from pathlib import Path

__all__ = ["get_hook_dirs"]


def get_hook_dirs() -> list[str]:
    """Return the folder of the hook.

    Returns:
        One folder.
    """
    return [str(Path(__file__).parent)]
