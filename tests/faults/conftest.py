"""A real store of its own for the tests of one."""

from tests.stores.conftest import directory, opening, store

__all__ = ["directory", "opening", "store"]
