"""Write asllint/rule_index.py from the rule files; with --check, say whether it is up to date (exit status 1 if not)."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from asllint.registry import scan  # noqa: E402

TARGET = ROOT / "asllint" / "rule_index.py"


def render() -> str:
    """Return the text of the index."""
    lines = [
        "# ruff: noqa: E501",
        "# fmt: off",
        '"""The built-in rules: code, name, group, whether on by default, features concerned.',
        "",
        "Made by tools/build_rule_index.py from the rule files; do not edit.",
        '"""',
        "",
        "RULES: tuple[tuple[str, str, str, bool, tuple[str, ...]], ...] = (",
    ]
    for rule in scan():
        group = rule.__module__.split(".")[-2]
        concerns = "(" + "".join(f'"{c}", ' for c in rule.concerns).rstrip() + ")"
        if len(rule.concerns) > 1:
            concerns = concerns[:-2] + ")"
        lines.append(f'    ("{rule.code}", "{rule.name}", "{group}", {rule.default}, {concerns}),')
    return "\n".join([*lines, ")", ""])


def main() -> int:
    """Write the index, or check it."""
    text = render()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            print(f"{TARGET.relative_to(ROOT)} is not up to date: run python tools/build_rule_index.py")
            return 1
        return 0
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
