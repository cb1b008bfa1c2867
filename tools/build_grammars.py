"""Write the saved parse tables of asllint/expr/grammars; with --check, say whether they are up to date (status 1 if not)."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from asllint.expr import grammars  # noqa: E402


def main() -> int:
    """Write the tables, or check them."""
    stale = 0
    for grammar in sorted(Path(grammars.FOLDER).glob("*.lark")):
        table = grammar.with_suffix(".table")
        header = grammars.header(grammar.stem).encode()
        if "--check" in sys.argv[1:]:
            if not table.exists() or not table.read_bytes().startswith(header):
                print(f"{table.relative_to(ROOT)} is not up to date: run python tools/build_grammars.py")
                stale = 1
        else:
            with table.open("wb") as file:
                file.write(header)
                grammars.build(grammar.stem).save(file)
    return stale


if __name__ == "__main__":
    sys.exit(main())
