"""The product that is sold, a folder for each part. `site.FEATURES` says which of them are in it."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from saas_app import site


def join(floor: str) -> list[ModuleType]:
    """The modules of that name (`models`, `work`, `api`, `pages`) of all features, imported; not every one has each.

    Importing declares what is in them: tables, jobs, pages. Raises ModuleNotFoundError for a feature without a folder.
    """
    names = [f"{__name__}.{each.folder}.{floor}" for each in site.FEATURES]
    return [import_module(name) for name in names if find_spec(name)]
