from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import trustme

from entra_tui.graph import trust
from entra_tui.graph.client import HttpClient
from entra_tui.graph.errors import Unreachable
from entra_tui.graph.trust import trust_context
from tests.graph.loopback import reply, serve

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

pytestmark = pytest.mark.skipif(trust._ASKS_THE_SYSTEM, reason="here the system is asked and no file is read")


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system whose certificates are `file.pem`, once it is written, and in `folder`."""
    (tmp_path / "folder").mkdir()
    file = str(tmp_path / "file.pem")
    own = trust._OPENSSL._replace(openssl_cafile=file, openssl_capath=str(tmp_path / "folder"))
    monkeypatch.setattr(trust, "_OPENSSL", own)
    monkeypatch.setattr(trust, "_SYSTEM_FILES", (file, str(tmp_path / "bundle.pem")))
    return tmp_path


def put(authority: trustme.CA, folder: Path) -> None:
    """Keep an authority's certificate in a folder, under the name by which OpenSSL looks for it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("only openssl knows the names")
    folder.mkdir(exist_ok=True)
    pem = folder / "authority.pem"
    authority.cert_pem.write_to_path(pem)
    told = subprocess.run([openssl, "x509", "-hash", "-noout", "-in", pem], check=True, capture_output=True, text=True)
    pem.rename(folder / f"{told.stdout.strip()}.0")


async def trusts(context: ssl.SSLContext, authority: trustme.CA) -> bool:
    async with serve(lambda _: reply("{}"), authority=authority) as server, HttpClient(trust=lambda: context) as http:
        try:
            await http.send("GET", server.origin)
        except Unreachable:
            return False
    return True


async def test_the_systems_file_is_read_once_for_all_connections(system: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(system / "file.pem")
    context = trust_context()
    (system / "file.pem").unlink()
    assert await trusts(context, authority)
    assert await trusts(context, authority)


async def test_the_systems_folder_will_do_where_openssl_has_no_file(system: Path) -> None:
    authority, unread = trustme.CA(), trustme.CA()
    put(authority, system / "folder")
    unread.cert_pem.write_to_path(system / "bundle.pem")
    context = trust_context()
    assert context.get_ca_certs() == []
    assert await trusts(context, authority)
    assert not await trusts(context, unread)


async def test_a_folder_of_anything_else_will_not_do(system: Path) -> None:
    authority = trustme.CA()
    (system / "folder" / "certificate.pem").write_text("not found by this name", encoding="utf-8")
    authority.cert_pem.write_to_path(system / "bundle.pem")
    assert await trusts(trust_context(), authority)


async def test_file_and_folder_count_together(system: Path) -> None:
    in_file, in_folder = trustme.CA(), trustme.CA()
    in_file.cert_pem.write_to_path(system / "file.pem")
    put(in_folder, system / "folder")
    context = trust_context()
    assert await trusts(context, in_file)
    assert await trusts(context, in_folder)
    assert not await trusts(context, trustme.CA())


async def test_the_folders_of_ssl_cert_dir_count_in_place_of_the_systems(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, systems = trustme.CA(), trustme.CA(), trustme.CA()
    put(one, system / "one")
    put(two, system / "two")
    put(systems, system / "folder")
    monkeypatch.setenv("SSL_CERT_DIR", f"{system / 'one'}:{system / 'two'}")
    context = trust_context()
    assert await trusts(context, one)
    assert await trusts(context, two)
    assert not await trusts(context, systems)


async def test_ssl_cert_file_counts_besides_file_and_folder(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extra, in_file, in_folder = trustme.CA(), trustme.CA(), trustme.CA()
    extra.cert_pem.write_to_path(system / "extra.pem")
    in_file.cert_pem.write_to_path(system / "file.pem")
    put(in_folder, system / "folder")
    monkeypatch.setenv("SSL_CERT_FILE", str(system / "extra.pem"))
    context = trust_context()
    for authority in (extra, in_file, in_folder):
        assert await trusts(context, authority)
    assert not await trusts(context, trustme.CA())


async def test_a_system_without_certificates_trusts_nobody(system: Path) -> None:
    (system / "folder").rmdir()
    assert not await trusts(trust_context(), trustme.CA())
