"""Tools for tests of programs that use this package: pytest fixtures, virtual time, instances of model classes.

This module imports nothing, so that pytest can load `testing.plugin` in every project at no cost.
"""
