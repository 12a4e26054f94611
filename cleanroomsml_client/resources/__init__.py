"""One module per resource family, usable as namespaces: `from cleanroomsml_client.resources import trained_models`.

The order of the families is in `cleanroomsml_client/__init__.py`.
"""
