"""How fast asllint is, as ratios of one run: against a bare interpreter, against json.loads, against other validators.

    python tests/bench/run.py [--smoke] [--wheel] [--others]

    --smoke   small inputs and few repetitions: says that the benchmark works, not what it measures
    --wheel   measure a byte-compiled wheel in an environment of its own. Without it, the interpreter that runs this: an
              editable install makes every start of Python slower, the bare one too, and asllint's own
    --others  install other validators of the language into a temporary directory (network); else those on PATH count

Budgets: one file of 20 kB, cold, at most 5 times a bare start for JSON, 7 for YAML, 12 for SARIF; 1 MB/s with all default
rules; time linear in states; memory under 60 times the file; 1,000 files that have not changed at most 2 times what it takes to
read them. The exit status says nothing of them: times are read by people.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import generate  # noqa: E402

Command = Sequence[str | Path]

READ = """
import os
from _blake2 import blake2b  # as the cache does: hashlib loads OpenSSL
for entry in os.scandir("many"):
    with open(entry.path, "rb") as stream:
        blake2b(stream.read(), digest_size=16).hexdigest()
"""
"""Opens, reads and hashes all files of a directory: the least that a cache by content can cost."""

SHAPES = "document,structure,flow,expressions"
"""The groups of rules about what other validators look at: fields, transitions and paths."""
_FOR_MANY = ("asllint, on every core", "asllint, unchanged", "asllint, that on every core")


# -- inside of the environment that is measured: everything that must not count the start of an interpreter


def inside(rounds: str, *files: str) -> list[tuple[int, float, float]]:
    """Return (bytes, seconds of json.loads, seconds of lint) of each file, the best of `rounds`; YAML is not json.loads'."""
    import gc

    from asllint.engine import lint
    from asllint.expr import intrinsics, jsonpath
    from asllint.model import expressions
    from asllint.registry import builtin
    from asllint.settings import Settings

    registry, settings = builtin(), Settings()
    gc.set_threshold(200_000, 50, 50)  # as the command line does
    out = []
    for file in files:
        data = Path(file).read_bytes()
        report = lint(file, data, settings, registry, judged=True)
        # AWS would take it; what the states read of each other's data is drawn by chance, and need not be there
        grave = [d for d in report.diagnostics if d.rejected_by_aws]
        assert not grave and not report.failed, f"{file}: {grave[0].full_message if grave else 'a rule crashed'}"
        loads = linted = float("inf")
        for _ in range(int(rounds)):
            if file.endswith("json"):
                loads = min(loads, _timed(json.loads, data))
            for parsed in (expressions._parsed, jsonpath._plain, intrinsics._plain):
                parsed.cache_clear()  # expressions are parsed once in a run: each round is to be one
            linted = min(linted, _timed(lint, file, data, settings, registry, judged=True))
        out.append((len(data), loads, linted))
    return out


def _timed(call: Callable[..., object], *arguments: object, **named: object) -> float:
    start = time.perf_counter()
    call(*arguments, **named)
    return time.perf_counter() - start


# -- outside


class Bench:
    """One environment, and what is measured in it."""

    def __init__(self, python: Path, work: Path, others: dict[str, tuple[list[str], list[str]]], smoke: bool) -> None:
        self.python = python
        self.work = work
        self._others = others
        self.smoke = smoke
        self.rounds = 3 if smoke else 25
        script = python.parent / "asllint"
        self.asllint: Command = [script] if script.exists() else [python, "-m", "asllint"]
        # the working directory is not the root, so that nothing but what is installed is imported
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        self.env["NO_COLOR"] = "1"

    def check(self, *arguments: str | Path) -> Command:
        return [*self.asllint, "check", "--isolated", "--no-cache", "--exit-zero", *arguments]

    def others(self, *files: Path) -> dict[str, Command]:
        """Return what checks files with each of the other validators."""
        out: dict[str, Command] = {}
        for name, (command, flags) in self._others.items():
            words: list[str | Path] = [*command]
            for file in files:
                words += [*flags, file]
            out[name] = words
        return out

    def once(self, command: Command) -> float:
        """Return the seconds that a command takes; its output and status are nothing to us."""
        start = time.perf_counter()
        subprocess.run(
            command, cwd=self.work, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        return time.perf_counter() - start

    def interleaved(self, commands: dict[str, Command], rounds: int) -> dict[str, float]:
        """Return the median of each command, run in turns, so that a slow minute of the machine hits all alike."""
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, command in commands.items():
                times[name].append(self.once(command))
        return {name: statistics.median(seconds[1:]) for name, seconds in times.items()}

    def peak(self, command: Command) -> int:
        """Return the bytes that a command holds at most."""
        code = (
            "import os, resource, subprocess, sys\n"
            "subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
            "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
            "print(peak if sys.platform == 'darwin' else peak * 1024)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *command],
            cwd=self.work,
            env=self.env,
            capture_output=True,
            text=True,
            check=True,
        )
        return int(done.stdout)

    def measure(self, rounds: int, *files: Path) -> list[list[float]]:
        """Run `inside` in the environment."""
        done = subprocess.run(
            [self.python, HERE / "run.py", "--inside", str(rounds), *files],
            cwd=self.work, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"the measurement failed:\n{done.stderr}")
        out: list[list[float]] = json.loads(done.stdout)
        return out

    # -- the tables

    def start(self) -> None:
        """One file of 20 kB, cold."""
        size = 20_000
        text = generate.of_size(size)
        file, yaml_file = self.work / "one.asl.json", self.work / "one.asl.yaml"
        file.write_text(text)
        yaml_file.write_text(generate.as_yaml(json.loads(text)))
        bare = "python -c pass"
        jsonata = self.work / "jsonata.asl.json"
        jsonata.write_text(generate.of_size(size, jsonata=True))
        commands: dict[str, Command] = {
            bare: [self.python, "-c", "pass"],
            "asllint --version": [*self.asllint, "--version"],
            "asllint check x.asl.json": self.check(file),
            "asllint check x.asl.yaml": self.check(yaml_file),
            "asllint check --output-format sarif": self.check("--output-format", "sarif", file),
            "asllint check, half of it JSONata": self.check(jsonata),
        }
        budgets = dict(zip(list(commands)[2:5], (5, 7, 12), strict=True))
        median = self.interleaved(commands, self.rounds)
        heading(f"Start: one file of {len(text) / 1000:.0f} kB, cold, median of {self.rounds}")
        rows = [(name, seconds, budgets.get(name)) for name, seconds in median.items()]
        slow = self.interleaved(self.others(file), max(2, self.rounds // 5))
        rows += [(f"{name} x.asl.json", seconds, None) for name, seconds in slow.items()]
        for name, seconds, budget in rows:
            limit = f"budget {budget}" if budget else ""
            print(f"  {name:<42} {seconds * 1000:8.1f} ms {seconds / median[bare]:8.2f} x bare   {limit}")
        if not slow:
            print("  no other validator of the language is installed (--others installs some)")

    def throughput(self) -> None:
        """The default rules over one large file, in one process."""
        size = 100_000 if self.smoke else 1_000_000
        text = generate.of_size(size)
        json_file, yaml_file = self.work / "large.asl.json", self.work / "large.asl.yaml"
        json_file.write_text(text)
        yaml_file.write_text(generate.as_yaml(json.loads(text)))
        jsonata_file = self.work / "jsonata-large.asl.json"
        jsonata_file.write_text(generate.of_size(size, jsonata=True))
        heading(f"Throughput: {size / 1e6:g} MB, one process, all default rules; budget 1 MB/s")
        (length, loads, linted), (yaml_length, _, yaml_linted), (other_length, _, other_linted) = self.measure(
            2 if self.smoke else 5, json_file, yaml_file, jsonata_file
        )
        print(
            f"  JSON {length / 1e6 / linted:6.2f} MB/s   {linted / loads:6.1f} x json.loads ({length / 1e6 / loads:.0f} MB/s)"
        )
        print(f"  YAML {yaml_length / 1e6 / yaml_linted:6.2f} MB/s")
        print(f"  JSON {other_length / 1e6 / other_linted:6.2f} MB/s   half of it JSONata")

    def against_others(self) -> None:
        """The same files, from the shell, with the validators that check shapes; asllint looks at data, services and time too."""
        if not self._others:
            return
        many = sorted((self.work / "many").iterdir())
        sets = {
            "1 file of 20 kB": [self.work / "one.asl.json"],
            "a large file": [self.work / "large.asl.json"],
            f"{len(many)} files": many,
        }
        for name, files in sets.items():
            commands = {
                "asllint": self.check("--jobs", "1", *files),
                "asllint, on every core": self.check(*files),
                "asllint, unchanged": [*self.asllint, "check", "--isolated", "--exit-zero", *files],
                "asllint, what they check": self.check("--jobs", "1", "--select", SHAPES, *files),
                "asllint, that on every core": self.check("--select", SHAPES, *files),
                **self.others(*files),
            }
            if len(files) == 1:
                commands = {name: words for name, words in commands.items() if name not in _FOR_MANY}
            heading(f"Other validators: {name}, {sum(file.stat().st_size for file in files) / 1e6:.2f} MB")
            times = self.interleaved(commands, 1 if self.smoke or len(files) > 1 else 5)
            for tool, seconds in times.items():
                print(f"  {tool:<42} {seconds * 1000:9.1f} ms {seconds / times['asllint']:8.2f} x asllint")

    def linearity(self) -> None:
        """Time by number of states."""
        counts = (10, 100, 1000) if self.smoke else (100, 1000, 10_000)
        files = []
        for count in counts:
            files.append(self.work / f"states-{count}.asl.json")
            files[-1].write_text(generate.as_json(generate.machine(count)))
        heading("Linearity: microseconds a state, and a kB")
        first: float | None = None
        for count, (length, _, linted) in zip(counts, self.measure(3, *files), strict=True):
            each = linted / count
            first = first or each
            print(
                f"  {count:>6} states {length / 1000:>8.0f} kB {linted * 1000:>9.1f} ms {each * 1e6:>7.0f} us/state "
                f"{linted / length * 1e9:>7.0f} us/kB   {each / first:5.2f} x the first"
            )
        heading("Linearity of shapes: milliseconds, and microseconds a state")
        named = [(name, count) for name in generate.SHAPES for count in counts]
        files = []
        for name, count in named:
            files.append(self.work / f"{name}-{count}.asl.json")
            files[-1].write_text(
                json.dumps(generate.SHAPES[name](count)) + "\n"
            )  # indented, 50 levels are mostly blanks
        times = [linted for _, _, linted in self.measure(1, *files)]
        for name in generate.SHAPES:
            cells = [
                f"{count:>6}: {linted * 1000:8.1f} ms {linted / count * 1e6:6.0f} us"
                for (of, count), linted in zip(named, times, strict=True)
                if of == name
            ]
            print(f"  {name:<12} {'   '.join(cells)}")

    def memory(self) -> None:
        """Peak memory beyond that of a run over next to nothing of the same kind, as a multiple of the file."""
        sizes = (100_000,) if self.smoke else (200_000, 1_000_000, 5_000_000)

        def peak_of(text: str, kind: str) -> int:
            file = self.work / f"memory.asl.{kind}"
            file.write_text(text if kind == "json" else generate.as_yaml(json.loads(text)))
            return self.peak(self.check(file))

        heading("Memory: peak beyond that of a file of 2 kB; budget 60 x the file")
        for size in sizes:
            for kind in ("json", "yaml"):
                text = generate.of_size(size)
                peak = peak_of(text, kind) - peak_of(generate.of_size(2_000), kind)
                length = len(text if kind == "json" else generate.as_yaml(json.loads(text)))
                print(f"  {length / 1e6:6.2f} MB {kind} {peak / 1e6:8.0f} MB {peak / length:7.1f} x")

    def many(self) -> None:
        """A repository of many files."""
        count = 20 if self.smoke else 1000
        folder = self.work / "many"
        folder.mkdir()
        total = 0
        for i in range(count):
            text = generate.as_json(generate.machine(8 + i % 10, seed=i))
            total += len(text)
            (folder / f"{i}.asl.json").write_text(text)
        heading(f"Many: {count} files, {total / 1e6:.1f} MB in all")
        cached = [*self.asllint, "check", "--isolated", "--exit-zero", "many"]
        # what is found is reported each time: without findings it is the cache that is measured
        clean = [*cached, "--ignore", "iam"]
        slow: dict[str, Command] = {
            "one process": self.check("--jobs", "1", "many"),
            "--jobs auto": self.check("many"),
        }
        quick: dict[str, Command] = {
            "python -c pass": [self.python, "-c", "pass"],
            "read and hash them, in Python": [self.python, "-c", READ],
            "cached, with findings": cached,
            "cached, without": clean,
            "an empty directory": [*self.asllint, "check", "--isolated", "empty"],
        }
        (self.work / "empty").mkdir()
        times = self.interleaved(slow, 1 if self.smoke else 3)
        times["filling the cache"] = self.once(cached)
        self.once(clean)
        times |= self.interleaved(quick, self.rounds)
        for name, seconds in times.items():
            print(f"  {name:<30} {seconds * 1000:9.1f} ms   {total / 1e6 / seconds:7.2f} MB/s")
        bare, read, _, unchanged, empty = (times[name] for name in quick)
        print(
            f"  unchanged: {unchanged / read:.2f} x reading them; without the starts {(unchanged - empty) / (read - bare):.2f} x "
            "(budget 2)"
        )


def heading(text: str) -> None:
    print(f"\n{text}", flush=True)


def environment(work: Path) -> Path:
    """Build a wheel, install it byte-compiled into an environment of its own, and return its interpreter."""
    dist = work / "dist"
    # through the sdist: a wheel built in the tree leaves a build folder there
    subprocess.run([sys.executable, "-m", "build", "--outdir", dist, ROOT], check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
    python = work / "venv" / "bin" / "python"
    (wheel,) = dist.glob("*.whl")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel], check=True)
    return python


def other_validators(work: Path, install: bool) -> dict[str, tuple[list[str], list[str]]]:
    """Return the commands of other validators of the language, and what each wants before a file."""
    if install:
        subprocess.run([sys.executable, "-m", "venv", work / "others"], check=True)
        pip: list[str | Path] = [
            work / "others" / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, "statelint"], check=False)
        if shutil.which("npm"):
            npm: list[str | Path] = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", work / "npm"]
            subprocess.run([*npm, "asl-validator", "@wmfs/statelint"], check=False, stdout=subprocess.DEVNULL)
    scripts, modules = work / "others" / "bin", work / "npm" / "node_modules"
    places = {
        "statelint (Python)": (scripts / "statelint", []),
        "statelint (Node.js)": (modules / "@wmfs" / "statelint" / "bin" / "statelint.js", []),
        "asl-validator (Node.js)": (modules / "asl-validator" / "dist" / "bin" / "asl-validator.js", ["--json-path"]),
    }
    found: dict[str, tuple[list[str], list[str]]] = {}
    for name, (path, flags) in places.items():
        if path.exists():
            found[name] = [*(["node"] if path.suffix == ".js" else []), str(path)], flags
    for name, flags in (("statelint", []), ("asl-validator", ["--json-path"])):
        on_path = shutil.which(name)
        if on_path and not any(known.startswith(name) for known in found):
            found[name] = [on_path], flags
    return found


def main() -> int:
    """Print the tables."""
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside(*sys.argv[2:])))
        return 0
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--wheel", action="store_true")
    parser.add_argument("--others", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="asllint-bench-") as folder:
        work = Path(folder)
        python = environment(work) if args.wheel else Path(sys.executable)
        if not args.wheel:
            print(
                "The interpreter that runs this is measured; if asllint is installed editable in it, starts are slower: --wheel"
            )
        bench = Bench(python, work, other_validators(work, args.others), args.smoke)
        bench.start()
        bench.throughput()
        bench.linearity()
        bench.memory()
        bench.many()
        bench.against_others()
    return 0


if __name__ == "__main__":
    sys.exit(main())
