"""Say whether a wheel holds the code and data of the tree, all of it and nothing else.

python tools/check_dist.py WHEEL
"""

from __future__ import annotations

import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def expected() -> set[str]:
    """Return the files that are to be in a wheel, by the place that they are installed at."""
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    out = set()
    for package in setuptools["packages"]:
        place = package.replace(".", "/")
        is_rules = package == "asllint.rules" or package.startswith("asllint.rules.")
        folder = ROOT / (place.removeprefix("asllint/") if is_rules else place)
        for pattern in ("*.py", *setuptools["package-data"].get(package, ())):
            out |= {f"{place}/{path.name}" for path in folder.glob(pattern)}
    return out


def main() -> int:
    """Compare, and print what differs."""
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    wanted = expected()
    for name in sorted(wanted - held):
        print(f"missing: {name}")
    for name in sorted(held - wanted):
        print(f"not of the tree: {name}")
    return int(held != wanted)


if __name__ == "__main__":
    sys.exit(main())
