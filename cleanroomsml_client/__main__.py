"""`python -m cleanroomsml_client` is the program `cleanroomsml`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
