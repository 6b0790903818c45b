from __future__ import annotations

import subprocess
import sys
from importlib import import_module, reload
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from entra_tui.graph import spared_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import ModuleType

    ImportPackage = Callable[[Mapping[str, str]], ModuleType]

PACKAGE = "a_library_with_a_part"
BROUGHT = ("click", "rich", "pygments", "requests", "urllib3", "charset_normalizer")


def in_new_interpreter(script: str) -> str:
    """What a script prints that has imported the program's HTTP side before anything else."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import entra_tui.graph\n{dedent(script)}"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# ---------------------------------------------------------------- the two libraries


def test_neither_brings_what_only_its_spared_part_needs() -> None:
    script = f"import sys, httpx, msal\nprint([name for name in {BROUGHT} if name in sys.modules])"
    assert in_new_interpreter(script) == "[]"


def test_what_the_spared_parts_need_is_imported_as_ever_by_others() -> None:
    script = f"""
    import importlib, httpx, msal
    for name in {BROUGHT}:
        importlib.import_module(name)
    from rich.console import Console
    Console().print("bar")
    print(requests_session := type(importlib.import_module("requests").Session()).__name__)
    """
    assert in_new_interpreter(script) == "bar\nSession"


def test_the_spared_parts_come_when_they_are_wanted() -> None:
    script = """
    import sys, httpx, msal
    from msal import ManagedIdentityClient
    import msal.managed_identity, httpx._main
    assert ManagedIdentityClient is msal.managed_identity.ManagedIdentityClient
    assert issubclass(msal.ManagedIdentityError, ValueError)
    assert httpx.main is httpx._main.main
    assert {"click", "rich", "requests"} <= set(sys.modules)
    from httpx import *
    from msal import *
    """
    in_new_interpreter(script)


def test_both_stand_in_the_interpreter_as_any_other_library() -> None:
    script = """
    import importlib, inspect, httpx, msal
    for package in (httpx, msal):
        assert package.__loader__ is package.__spec__.loader
        assert type(package.__loader__).__name__ == "SourceFileLoader"
        assert "import" in inspect.getsource(package)
        try:
            package.nonsense
        except AttributeError as error:
            print(error)
    """
    expected = [f"module '{name}' has no attribute 'nonsense'" for name in ("httpx", "msal")]
    assert in_new_interpreter(script).splitlines() == expected


def test_msal_still_signs_in_by_its_own_http_client_and_fails_as_it_would() -> None:
    script = """
    import msal
    try:
        msal.ConfidentialClientApplication(
            "id", client_credential="secret", authority="https://127.0.0.1:1/tenant", instance_discovery=False
        )
    except Exception as error:
        print(type(error).__module__, type(error).__name__)
    """
    assert in_new_interpreter(script) == "requests.exceptions ConnectionError"


def test_a_managed_identity_still_signs_in() -> None:
    script = """
    import msal
    class Answer:
        status_code, headers, text = 200, {}, '{"access_token": "token", "expires_in": 3600, "resource": "r"}'
    class Client:
        def get(self, *args, **kwargs): return Answer()
        post = get
    identity = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=Client())
    print(identity.acquire_token_for_client(resource="r")["access_token"])
    """
    assert in_new_interpreter(script) == "token"


def test_threads_that_import_at_once_get_the_whole_library() -> None:
    script = """
    import threading
    seen, gate = [], threading.Barrier(8)
    def use():
        gate.wait()
        import httpx, msal
        seen.append((httpx.AsyncClient, msal.ConfidentialClientApplication, msal.ManagedIdentityClient, httpx.main))
    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(len(seen), len(set(seen)))
    """
    assert in_new_interpreter(script) == "8 1"


def test_what_is_imported_already_stays_as_it_is() -> None:
    script = "import httpx, msal, sys\nimport entra_tui.graph\nprint(httpx.main is sys.modules['httpx._main'].main)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "True"


def test_it_is_set_up_once() -> None:
    before = list(sys.meta_path)
    spared_parts.spare_unused_parts()
    assert sys.meta_path == before


# ---------------------------------------------------------------- other releases of a library


@pytest.fixture
def import_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImportPackage]:
    """Imports a package of the given files, of which the module `part` is spared."""
    monkeypatch.setitem(spared_parts._SPARED, PACKAGE, "part")
    monkeypatch.syspath_prepend(tmp_path)

    def write_and_import(files: Mapping[str, str]) -> ModuleType:
        folder = tmp_path / PACKAGE
        folder.mkdir()
        for name, text in files.items():
            (folder / f"{name}.py").write_text(dedent(text), encoding="utf-8")
        return import_module(PACKAGE)

    yield write_and_import
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def has_part(package: ModuleType) -> bool:
    return f"{package.__name__}.part" in sys.modules


def test_a_part_is_spared_until_a_name_of_it_is_wanted(import_package: ImportPackage) -> None:
    package = import_package({"__init__": "from .part import name\nother = 1", "part": "name = 'of the part'"})
    assert (package.other, has_part(package)) == (1, False)
    assert package.name == "of the part"
    assert has_part(package)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"__init__": "from .part import Base\nclass Own(Base): pass"}, id="used at once"),
        pytest.param({"__init__": "from . import part\nfrom .part import Base\nBase()"}, id="called at once"),
        pytest.param(
            {"__init__": "from . import user", "user": "from .part import Base\nBase()"}, id="used by another"
        ),
        pytest.param({"__init__": "from . import user", "user": "from .part import Base"}, id="kept by another"),
    ],
)
def test_a_release_that_needs_the_part_gets_it(import_package: ImportPackage, files: Mapping[str, str]) -> None:
    package = import_package({**files, "part": "class Base: pass"})
    assert has_part(package)
    if "user" in files:
        assert vars(package.user)["Base"] is package.part.Base


def test_a_package_may_be_loaded_anew(import_package: ImportPackage) -> None:
    package = import_package({"__init__": "from .part import name", "part": "name = 'of the part'"})
    for _ in range(2):
        package = reload(package)
        assert package.name == "of the part"
        assert package.part is sys.modules[f"{PACKAGE}.part"]


def test_a_part_that_is_imported_whole_is_spared_too(import_package: ImportPackage) -> None:
    package = import_package({"__init__": "from . import part", "part": "name = 'of the part'"})
    assert not has_part(package)
    assert package.part.name == "of the part"


def test_a_release_without_the_part_is_as_ever(import_package: ImportPackage) -> None:
    package = import_package({"__init__": "name = 1"})
    assert package.name == 1
    with pytest.raises(AttributeError, match=f"module '{PACKAGE}' has no attribute 'nonsense'"):
        _ = package.nonsense


def test_a_release_that_is_lazy_itself_stays_so(import_package: ImportPackage) -> None:
    package = import_package(
        {
            "__init__": "from .part import name\ndef __getattr__(wanted): return f'lazy {wanted}'",
            "part": "name = 'of the part'",
        }
    )
    assert (package.anything, package.name) == ("lazy anything", "of the part")


def test_a_release_that_cannot_be_imported_says_so_itself(import_package: ImportPackage) -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        import_package({"__init__": "from .part import name\nimport no_such_module", "part": "name = 1"})
    assert PACKAGE not in sys.modules
