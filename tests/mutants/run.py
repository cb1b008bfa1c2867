"""Plant every defect in every definition that AWS accepts, and in our own examples; print what asllint makes of them.

    python tests/mutants/run.py [--per N] [--seed N] [--only NAME] [--show N]

For each kind: how many were planted, found by the right rule at the place of the defect, and how many gave an error that is
neither the defect nor what AWS would say beside it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from mutators import MUTATORS, Mutant, Mutator, states  # noqa: E402

from asllint.engine import lint  # noqa: E402
from asllint.registry import Registry, builtin  # noqa: E402
from asllint.result import Diagnostic  # noqa: E402
from asllint.settings import Settings  # noqa: E402


class Tally:
    """What became of the mutants of one kind."""

    def __init__(self) -> None:
        self.planted = 0
        self.found = 0
        self.new_errors = 0
        self.cases: list[str] = []


def own() -> list[tuple[str, Any]]:
    """Return name and parsed JSON of our own definitions that have something of everything."""
    folder = Path(__file__).resolve().parent / "bases"
    return [(path.name, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]


def accepted() -> list[tuple[str, Any]]:
    """Return name and parsed JSON of the whole definitions that AWS accepts and runs, where they are there."""
    out = []
    corpus = ROOT.parent / "shared" / "corpus" / "aws-verdicts"
    if corpus.is_dir():
        for line in (corpus / "index.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            ran_well = row["verdict"] == "ACCEPT" and not row["runtime_errors"]
            if ran_well and row["type"] in (None, "STANDARD"):
                out.append((row["file"], json.loads((corpus / row["file"]).read_text(encoding="utf-8-sig"))))
    return [(name, d) for name, d in out if isinstance(d, dict) and "States" in d and "StartAt" in d]


def with_placeholders(d: Any) -> Any:
    """Return a copy with placeholders where they hide nothing that is planted."""
    d = json.loads(json.dumps(d))
    d["Comment"] = "${Comment}"
    for _, state in states(d):
        state["Comment"] = "made by ${Tool}"
        if isinstance(state.get("ResultPath"), str):
            state["ResultPath"] = "${ResultPath}"
        if isinstance(state.get("Parameters"), dict):
            for key, value in state["Parameters"].items():
                if isinstance(value, str) and not key.endswith(".$"):
                    state["Parameters"][key] = "${Value}"
    return d


def errors(registry: Registry, text: str, express: bool) -> list[Diagnostic]:
    settings = Settings()
    settings.workflow_type = "express" if express else "standard"
    report = lint("mutant.asl.json", text.encode(), settings, registry, judged=True)
    return [d for d in report.diagnostics if d.severity == "error"]


def plant(registry: Registry, one: Mutator, name: str, base: Any, rng: random.Random, per: int, tally: Tally) -> None:
    mutants = list(one.make(base))
    if len(mutants) > per:
        mutants = rng.sample(mutants, per)
    for mutant in mutants:
        judge(registry, one, name, mutant, tally)


def judge(registry: Registry, one: Mutator, name: str, mutant: Mutant, tally: Tally) -> None:
    text = mutant.text if mutant.text is not None else json.dumps(mutant.definition, indent=2)
    place = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in mutant.place)
    tally.planted += 1
    right, new = [], []
    for d in errors(registry, text, mutant.express):
        if d.code == mutant.code and (d.pointer + "/").startswith(place + "/"):
            right.append(d)
        elif d.code not in mutant.aside:
            new.append(d)
    tally.found += bool(right)
    tally.new_errors += bool(new)
    if not right or new:
        said = "; ".join(f"{d.code} {d.pointer} {d.message[:90]}" for d in new) or "nothing"
        tally.cases.append(f"{one.name} in {name} at {place or '/'}: {'found' if right else 'NOT FOUND'}; else {said}")


def run(per: int, seed: int, only: str = "", limit: int | None = None) -> dict[str, Tally]:
    """Plant up to `per` defects of each kind in each definition, plain and with placeholders."""
    registry = builtin()
    rng = random.Random(seed)
    others = accepted()
    if limit is not None and len(others) > limit:
        others = rng.sample(others, limit)
    bases = own() + others
    out: dict[str, Tally] = {}
    for one in MUTATORS:
        if only and only not in one.name:
            continue
        tally = out[one.name] = Tally()
        for name, base in bases:
            plant(registry, one, name, base, rng, per, tally)
            plant(registry, one, f"{name} with placeholders", with_placeholders(base), rng, per, tally)
    return out


def table(tallies: dict[str, Tally]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'kind':32} {'planted':>8} {'found at its place':>19} {'new errors':>11}"
    for name, tally in tallies.items():
        yield f"{name:32} {tally.planted:8} {tally.found:19} {tally.new_errors:11}"
    planted = sum(t.planted for t in tallies.values())
    found = sum(t.found for t in tallies.values())
    yield f"{'all':32} {planted:8} {found:19} {sum(t.new_errors for t in tallies.values()):11}"


def main() -> int:
    """Print the table; exit status 1 where one was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--show", type=int, default=30)
    args = parser.parse_args()
    tallies = run(args.per, args.seed, args.only)
    print("\n".join(table(tallies)))
    cases = [case for tally in tallies.values() for case in tally.cases]
    print("\n".join(cases[: args.show]))
    return 1 if cases else 0


if __name__ == "__main__":
    sys.exit(main())
