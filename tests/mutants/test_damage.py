"""Delete, duplicate and swap bytes of real files: asllint never raises, is never slow, and every span lies in the text.

    python tests/mutants/test_damage.py [--files N] [--times N] [--seed N]

Prints the number of runs, the slowest one and the rules that crashed. Exit status 1 for a crash or a run over a second.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from asllint.engine import CRASH_CODE, lint  # noqa: E402
from asllint.registry import builtin  # noqa: E402
from asllint.result import Report  # noqa: E402
from asllint.settings import Settings  # noqa: E402


def files(limit: int, rng: random.Random) -> list[Path]:
    """Return our own examples, and files of the corpus where it is there."""
    found = [
        p for p in sorted((ROOT / "tests" / "examples").rglob("*")) if p.suffix in (".json", ".yaml", ".yml", ".asl")
    ]
    corpus = ROOT.parent / "shared" / "corpus"
    other = [
        p for p in sorted(corpus.rglob("*")) if p.suffix in (".json", ".yaml", ".yml") and p.stat().st_size < 200_000
    ]
    return found + rng.sample(other, min(len(other), max(0, limit - len(found))))


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes with one to four places deleted, duplicated or swapped."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if len(out) < 4:
            break
        at = rng.randrange(len(out) - 2)
        size = rng.choice((1, 1, 1, 2, 5, 40))
        match rng.randrange(4):
            case 0:
                del out[at : at + size]
            case 1:
                out[at:at] = out[at : at + size]
            case 2:
                other = rng.randrange(len(out) - 1)
                out[at], out[other] = out[other], out[at]
            case 3:
                out[at : at + 1] = bytes([rng.choice(b'{}[]",:\\\n\t #-&*!|>%@`\x00\xff\xc3e1')])
    return bytes(out)


def run(limit: int, times: int, seed: int) -> tuple[int, float, list[str]]:
    """Return the number of runs, the seconds of the slowest, and what went wrong."""
    rng = random.Random(seed)
    registry, settings = builtin(), Settings()

    def timed(name: str, text: bytes) -> tuple[Report, float]:
        start = time.process_time()
        report = lint(name, text, settings, registry, judged=True)
        return report, time.process_time() - start

    slowest, count, wrong = 0.0, 0, []
    for path in files(limit, rng):
        data = path.read_bytes()
        name = path.name if ".asl" in path.name else f"{path.stem}.asl{path.suffix}"
        for i in range(times):
            text = damaged(data, rng)
            try:
                report, took = timed(name, text)
                if took > 1:  # what else the machine does may have added to it
                    took = min(took, timed(name, text)[1])
            except Exception as error:
                wrong.append(f"{path} #{i}: {type(error).__name__}: {error}")
                continue
            count += 1
            slowest = max(slowest, took)
            if took > 1:
                wrong.append(f"{path} #{i}: {took:.2f} s")
            for d in report.diagnostics:
                if d.code == CRASH_CODE:
                    wrong.append(f"{path} #{i}: {d.message}")
                if d.text is None or not 0 <= d.start <= d.end <= len(d.text.content):
                    wrong.append(f"{path} #{i}: {d.code} at {d.span}")
    return count, slowest, wrong


def test_damaged_files_end_in_findings() -> None:
    count, _, wrong = run(limit=40, times=5, seed=7)
    assert count >= 40
    assert wrong == []


def main() -> int:
    """Print what became of the runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    count, slowest, wrong = run(args.files, args.times, args.seed)
    print(f"{count} runs, slowest {slowest:.3f} s, {len(wrong)} wrong")
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
