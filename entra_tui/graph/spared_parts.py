"""httpx and MSAL without a part of each that this program never uses, until it is asked for.

Both import that part when they are imported themselves, and it takes longer than the rest of them.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

_SPARED: Final = {
    "httpx": "_main",  # its command line brings click, rich and pygments where they are installed
    "msal": "managed_identity",  # what a machine in Azure signs in with brings requests, urllib3 and charset_normalizer
}


def spare_unused_parts() -> None:
    """From now on import the libraries so; one that is imported already stays as it is."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds the libraries where the others find them, to load them in its own way."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The library's own, but for the loader; None for any other module."""
        if name not in _SPARED:
            return None
        found = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not self)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", _SparingLoader(spec.loader, _SPARED[name]))
        return spec


class _SparingLoader:
    """Loads a package without one of its modules, and leaves nothing else changed.

    Meanwhile the package's import lock is held, so a thread that wants the package as well waits for all of it.
    """

    def __init__(self, loader: Loader, part: str) -> None:
        self._loader = loader
        self._part = part

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the package's own loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, package: ModuleType) -> None:
        """Run the package; whole, where this release of it needs the part after all."""
        package.__loader__ = self._loader
        if package.__spec__ is not None:
            package.__spec__.loader = self._loader
        before = dict(vars(package))
        if f"{package.__name__}.{self._part}" in sys.modules:  # it is being reloaded
            self._loader.exec_module(package)
        elif not _runs_without(self._part, package, self._loader):
            for name in _modules_of(package):
                del sys.modules[name]
            vars(package).clear()
            vars(package).update(before)
            self._loader.exec_module(package)


class _Absent(ModuleType):
    """In a module's place: has whatever is imported from it, but only its name."""

    def __getattr__(self, name: str) -> _Later:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Later()


class _Later:
    """In the place of what a package imports from the module that is left out."""


def _runs_without(part: str, package: ModuleType, loader: Loader) -> bool:
    """Whether a package could be run without one of its modules, which is then imported when it is used."""
    whole_name = f"{package.__name__}.{part}"
    sys.modules[whole_name] = _Absent(whole_name)
    try:
        loader.exec_module(package)
    except Exception:  # noqa: BLE001 - whatever another release makes of it; where that is not why, it comes again
        return False
    finally:
        sys.modules.pop(whole_name, None)
    if any(_placeholders(sys.modules[name]) for name in _modules_of(package)):
        return False
    awaited = _placeholders(package)
    for name in awaited:
        delattr(package, name)
    vars(package)["__getattr__"] = _fetcher(whole_name, awaited, vars(package).get("__getattr__"))
    return True


def _modules_of(package: ModuleType) -> list[str]:
    return [name for name in sys.modules if name.startswith(f"{package.__name__}.")]


def _placeholders(module: ModuleType) -> set[str]:
    return {name for name, value in vars(module).items() if isinstance(value, _Absent | _Later)}


def _fetcher(whole_name: str, awaited: set[str], besides: Callable[[str], object] | None) -> Callable[[str], Any]:
    """The package's `__getattr__`: it imports what was left out when a name of it is wanted."""
    package, _, part = whole_name.rpartition(".")

    def fetch(name: str) -> object:
        if name == part:
            return import_module(whole_name)
        if name in awaited:
            return getattr(import_module(whole_name), name)
        if besides is not None:
            return besides(name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return fetch
