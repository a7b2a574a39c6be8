"""What the program is made of is written down: lock, licences, bill of materials, and the faults that are known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.markers import Marker
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.supply import audit, licences, sbom
from tests.supply.runtime import LOCK, PROJECT, ROOT, direct, locked, runtime

HASHED = ROOT / "docs" / "deploy" / "requirements.lock"


def test_every_line_of_the_lock_is_one_exact_version_without_an_address() -> None:
    found = locked()
    for one in found:
        assert re.fullmatch(r"[a-z0-9-]+", one.name) and str(Version(one.version)), one
        assert not one.marker or Marker(one.marker)
    assert len({(one.name, one.marker) for one in found}) == len(found) > 100
    assert not re.search(r"://|@|--index|--find|--trusted", LOCK.read_text("utf-8"))


def test_servers_get_the_same_versions_and_only_files_whose_hash_is_known() -> None:
    text = HASHED.read_text("utf-8")
    assert not re.search(r"://|@|--index|--find|--trusted", text)
    blocks = re.findall(
        r"^([a-z0-9-]+)==(\S+?)((?: ;[^\\\n]*)?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", text, re.MULTILINE
    )
    assert len(blocks) == len(re.findall("==", re.sub("platform_python_implementation [!=]=", "", text)))
    versions = {canonicalize_name(name): version for name, version, *_ in blocks}
    assert versions.keys() >= runtime().keys()
    assert versions.items() <= {(one.name, one.version) for one in locked()}


def test_what_runs_here_is_what_is_locked() -> None:
    versions = {one.name: one.version for one in locked() if not one.marker or Marker(one.marker).evaluate()}
    assert {name: metadata.version(name) for name in runtime()} == {name: versions[name] for name in runtime()}
    assert direct() <= runtime().keys()


def test_no_package_runs_code_of_its_own_when_it_is_installed() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (line,) = [line for line in makefile.splitlines() if "requirements.lock" in line and " install " in line]
    assert "--only-binary :all:" in line
    for name in runtime():
        found = metadata.distribution(name)
        assert found.read_text("WHEEL"), f"{name} was not installed from a wheel"
        assert found.read_text("direct_url.json") is None, f"{name} comes from an address of its own"


def test_the_page_of_licences_is_that_of_the_installed_packages() -> None:
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (.+) \| (?:us|another) \|$", licences.PAGE.read_text("utf-8"), re.MULTILINE)
    told = {name: licence for name, licence in rows if name != "package"}
    assert {one.name: told.get(one.name) for one in licences.packages()} == dict(licences.packages())
    assert told.keys() <= {one.name for one in locked()}


def test_every_licence_goes_with_ours() -> None:
    assert [one for one in licences.packages() if not licences.fits(one.licence)] == []


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("GPL-2.0-or-later OR MPL-1.1", True),
        ("GPL-3.0-only", False),
        ("MIT AND AGPL-3.0-only", False),
        ("AGPL-3.0-only OR Commercial", False),
        ("", False),
    ],
)
def test_a_licence_that_asks_for_more_is_noticed(licence: str, fits: bool) -> None:
    assert licences.fits(licence) is fits


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("bill") / "klarbild.cdx.json"
    sbom.main(target)
    return target.read_text("utf-8")


def test_the_bill_of_materials_is_cyclonedx_with_every_package_and_its_licence(bill: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    found = json.loads(bill)
    parts = {canonicalize_name(one["name"]): one for one in found["components"]}
    assert parts.keys() == runtime().keys()
    for name, part in parts.items():
        assert part["version"] == metadata.version(name)
        assert part["purl"] == f"pkg:pypi/{name}@{part['version']}"
        assert part["licenses"]
    assert found["metadata"]["component"]["name"] == PROJECT
    graph = {one["ref"]: one["dependsOn"] for one in found["dependencies"]}
    assert len(graph) == len(parts) + 1
    assert {ref for needs in graph.values() for ref in needs} == {part["bom-ref"] for part in parts.values()}


def test_the_bill_of_materials_names_no_host(bill: str) -> None:
    assert set(re.findall(r"\w+://[^/\"\s]+", bill)) == {"http://cyclonedx.org"}


class Faults(BaseHTTPRequestHandler):
    """A database of known faults as OSV speaks: of jinja2 it knows one."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found: dict[str, Any] = {}
        if asked["package"]["name"] == "jinja2":
            ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}]
            affected = [{"package": {"name": "jinja2", "ecosystem": "PyPI"}, "ranges": ranges}]
            found = {"vulns": [{"id": "PYSEC-0000-1", "summary": "invented", "affected": affected}]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, *_: object) -> None:
        """Nothing is told."""


@contextmanager
def database() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Faults) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lock", "code", "told"),
    [
        ("click==8.3.0\n", audit.CLEAN, "1 packages, no known fault"),
        ("click==8.3.0\njinja2==3.1.6\n", audit.FAULTS, "jinja2 3.1.6: PYSEC-0000-1; 99.1"),
    ],
)
def test_known_faults_are_told(tmp_path: Path, lock: str, code: int, told: str) -> None:
    (tmp_path / "lock").write_text(lock)
    with database() as url:
        assert audit.audit(tmp_path / "lock", url=url) == (code, [told])


@pytest.mark.slow
def test_a_database_that_cannot_be_asked_is_no_clean_answer(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("click==8.3.0\n")
    code, lines = audit.audit(tmp_path / "lock", url="http://127.0.0.1:9/v1/query")
    assert code == audit.NOT_ASKED
    assert lines[0] == "the database of known faults could not be asked: nothing was checked"
