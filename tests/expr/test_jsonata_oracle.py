"""The parser of JSONata against others: the reference's own suite, npm jsonata 2.x in node, PyPI jsonata-python.

Node's packages are looked for in ASLLINT_NODE_MODULES or in node_modules of the project:
npm install jsonata@2 jsonata206@npm:jsonata@2.0.6
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from asllint.expr.jsonata import parse
from asllint.expr.jsonata_meaning import newer

ROOT = Path(__file__).resolve().parents[2]

MUTATED = 5_000

ARGUED: dict[str, str] = {}
"""Mutated expressions on which the reference and the parser differ, each with the reason. There are none."""

TOKENS = re.compile(
    r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|/\*.*?\*/|\$\$?\w*|\w+|\s+|:=|!=|<=|>=|~>|\.\.|\*\*|\?:|\?\?|.""",
    re.DOTALL,
)

BATCH = """
const jsonata = require(process.argv[1]);
const lines = require("fs").readFileSync(0, "utf8").split("\\n").filter(Boolean);
process.stdout.write(lines.map((line) => {
  try { jsonata(JSON.parse(line)); return "null"; }
  catch (error) { return JSON.stringify(error.code || ""); }
}).join("\\n"));
"""

# Kinds of sub-expressions that the suite has few of: parent operators, bindings, signatures.
SEEDS = [
    "a.b.%", "a.b.c.%.%.d", "a.(b.c).%", "a.b[%.c = 1].d", "a.b[%.%.c]", "a.*.%", "a@$x.b@$y.c.%", "a.b^(%.c)", "a.{'k': %}",
    "a.[%, b]", "a.$f(%)", "a.b.(c; %).d", "$a.%", "**.%", "(%).a", "a.%[0]", "a@$x[0]#$i", "a[0]@$x", "a^(b)@$x", "a{b: c}[0]",
    "$a{b: c}[0]", "a{b: c}{d: e}", "function($x, $y)<s-n?:a<s>>{1}", "λ($x)<(sn)f<s:o>+>{1}", "function($x)<a<n>>{-1}",
    "$x[] := 1", "function[]($x){1}", "a[] / b", "(/a/)", "[/a/]", "$f(/a/i)", "-/a/", "/[/]/", "/a(?=b)/", "{/a/: 1}", "a ? /b/ : c",
]  # fmt: skip


@pytest.fixture(scope="module")
def suite(shared: Path) -> list[dict[str, object]]:
    text = (shared / "corpus" / "jsonata" / "expressions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def mutated(suite: list[dict[str, object]], number: int, seed: int) -> list[str]:
    """Expressions with tokens deleted, doubled, swapped or put in from elsewhere."""
    rng = random.Random(seed)
    texts = [str(row["expr"]) for row in suite] + SEEDS * 5
    split = [tokens for tokens in map(TOKENS.findall, texts) if len(tokens) < 400]
    pool = [token for tokens in split for token in tokens]
    out = []
    for _ in range(number):
        tokens = list(rng.choice(split))
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            if not tokens:
                break
            i, j = rng.randrange(len(tokens)), rng.randrange(len(tokens))
            how = rng.randrange(4)
            if how == 0:
                del tokens[i]
            elif how == 1:
                tokens.insert(i, tokens[i])
            elif how == 2:
                tokens[i], tokens[j] = tokens[j], tokens[i]
            else:
                tokens.insert(i, rng.choice(pool))
        out.append("".join(tokens))
    return out


def test_the_suite_of_the_reference(suite: list[dict[str, object]]) -> None:
    assert len(suite) > 800
    for row in suite:
        error = parse(str(row["expr"])).error
        assert (error is None) == row["parses"], (row["expr"], error)
        if error is not None:
            assert error.code == row["code"], row["expr"]


def reference(package: str, texts: list[str]) -> list[str | None]:
    """The code with which npm jsonata refuses each text, None for what it takes; skips where it cannot be run."""
    node = shutil.which("node")
    modules = Path(os.environ.get("ASLLINT_NODE_MODULES") or ROOT / "node_modules")
    if node is None or not (modules / package / "package.json").is_file():
        pytest.skip(f"no node with {package}")
    lines = "\n".join(map(json.dumps, texts))
    done = subprocess.run(
        [node, "-e", BATCH, str((modules / package).resolve())], input=lines, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.split("\n")]


def test_mutated_expressions_against_npm(suite: list[dict[str, object]]) -> None:
    texts = [text for text in mutated(suite, MUTATED, 20261122) if text.strip("\n")] + SEEDS
    codes = reference("jsonata", texts)
    assert len(codes) == len(texts)
    accepted = other = 0
    different = {}
    for text, code in zip(texts, codes, strict=True):
        error = parse(text).error
        if (error is None) != (code is None):
            different[text] = (code, error)
        elif error is None:
            accepted += 1
        elif error.code != code:
            other += 1  # of two errors, the other one is found first
    assert different.keys() == ARGUED.keys() & set(texts), different
    assert accepted > 1_000
    assert other < MUTATED / 200


def test_what_the_version_of_aws_refuses_besides(suite: list[dict[str, object]]) -> None:
    """JSONata 2.0.6, which AWS documents, differs for a parser in the operators that `newer` names."""
    texts = [text for text in mutated(suite, 2_000, 206) if text.strip("\n")] + [str(row["expr"]) for row in suite]
    for text, code in zip(texts, reference("jsonata206", texts), strict=True):
        parsed = parse(text)
        assert (parsed.error is None and not newer(parsed)) == (code is None), (text, code, parsed.error)


def test_mutated_expressions_against_pypi(suite: list[dict[str, object]]) -> None:
    other = pytest.importorskip("jsonata")
    texts = [text for text in mutated(suite, 1_000, 2) if not re.search(r"\)\s*<", text)]
    # without signatures of functions: the port makes Python's regular expressions of them, npm JavaScript's
    for text in [str(row["expr"]) for row in suite] + texts:
        try:
            other.Jsonata(text)
        except Exception:  # of several kinds, for invalid regular expressions Python's own
            takes = False
        else:
            takes = True
        assert takes == (parse(text).error is None), text
