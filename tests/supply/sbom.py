"""The bill of materials: ``python -m tests.supply.sbom FILE`` writes it as CycloneDX JSON (make sbom).

cyclonedx-bom looks at the whole environment; what only developers need, and every address, is taken out again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tests.supply.licences import licence_of
from tests.supply.runtime import PROJECT, ROOT, direct, runtime


def of_environment() -> dict[str, Any]:
    """What cyclonedx-bom says of this environment."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "whole.json"
        tool = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
        options = ["--mc-type", "application", "--output-reproducible", "--no-validate", "--output-file", str(file)]
        subprocess.run([*tool, *options, sys.executable], check=True, capture_output=True)
        found: dict[str, Any] = json.loads(file.read_bytes())
    return found


def of_production(whole: dict[str, Any]) -> dict[str, Any]:
    """The part of a bill that runs in production, with who needs whom, and without addresses."""
    needs = runtime() | {PROJECT: direct()}
    root = whole["metadata"]["component"]
    kept = [one for one in whole["components"] if canonicalize_name(one["name"]) in needs and _is_not_us(one)]
    refs = {canonicalize_name(one["name"]): one["bom-ref"] for one in (*kept, root)}
    whole["components"] = [_with_licence(_without_addresses(one)) for one in kept]
    whole["metadata"]["component"] = _without_addresses(root)
    whole["metadata"].pop("tools", None)
    whole["dependencies"] = [
        {"ref": ref, "dependsOn": sorted(refs[other] for other in needs[name])} for name, ref in sorted(refs.items())
    ]
    return whole


def _is_not_us(component: dict[str, Any]) -> bool:
    return canonicalize_name(component["name"]) != PROJECT


def _without_addresses(component: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in component.items() if key != "externalReferences"}


def _with_licence(component: dict[str, Any]) -> dict[str, Any]:
    """The component with its licence, also where only the field of old metadata tells it."""
    if component.get("licenses"):
        return component
    return component | {"licenses": [{"license": {"name": licence_of(component["name"])}}]}


def main(target: Path) -> None:
    """Write the bill."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(of_production(of_environment()), indent=2, sort_keys=True) + "\n", "utf-8")
    print(target)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
