"""For PyInstaller: the modules that `cleanroomsml_client` imports by name, when one of their names is first used."""

import cleanroomsml_client

hiddenimports = [f"cleanroomsml_client.{module}" for module in vars(cleanroomsml_client)["_NAMES"]]
