"""Small machines with every feature that is drawn, and names that no format may trip over."""

from __future__ import annotations

import json
import random
from typing import Any

from asllint.diagram.drawing import Drawing, draw
from asllint.engine import lint
from asllint.model import build
from asllint.registry import builtin
from asllint.settings import Settings
from asllint.source import read

INVOKE = "arn:aws:states:::lambda:invoke"

ORDER: dict[str, Any] = {
    "StartAt": "Price",
    "States": {
        "Price": {
            "Type": "Task",
            "Resource": INVOKE,
            "Catch": [{"ErrorEquals": ["Shop.Closed", "States.Timeout"], "Next": "Refused"}],
            "Next": "Enough?",
        },
        "Enough?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.total", "NumericGreaterThanEquals": 100, "Next": "Lines"},
                {"Not": {"Variable": "$.retry", "IsPresent": True}, "Next": "Refused"},
            ],
            "Default": "Later",
        },
        "Later": {"Type": "Wait", "Seconds": 60, "Next": "Price"},
        "Lines": {
            "Type": "Map",
            "ItemProcessor": {
                "StartAt": "Both",
                "States": {
                    "Both": {
                        "Type": "Parallel",
                        "Branches": [
                            {"StartAt": "Pack", "States": {"Pack": {"Type": "Pass", "End": True}}},
                            {"StartAt": "Bill", "States": {"Bill": {"Type": "Succeed"}}},
                        ],
                        "End": True,
                    }
                },
            },
            "Next": "Sent",
        },
        "Sent": {"Type": "Succeed"},
        "Refused": {"Type": "Fail", "Error": "Refused"},
    },
}

BROKEN: dict[str, Any] = {
    "StartAt": "Poll",
    "States": {
        "Poll": {
            "Type": "Task",
            "Resource": INVOKE,
            "Parameters": {"FunctionName": "f"},
            "Catch": [{"ErrorEquals": ["Again"], "Next": "Poll"}, {"ErrorEquals": ["States.ALL"], "Next": "Gone"}],
            "Next": "${Target}",
        },
        "Island": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, {}],
            "End": True,
        },
        "Lost": {"Type": "Fail"},
    },
}

HOSTILE = [
    "end", 'a"b', "x]y[", "(z)", "{q}", '%%{init: {"theme":"dark"}}%%', "%% comment", "<script>alert(1)</script>", "<b>b</b> & &amp; &lt;",
    "line\nbreak", "tab\there", "emoji 🚀 👩‍👩‍👧‍👦", "日本語の状態", "שלום עולם", "1. list item", "- dash", "* star * x", "__under__ _it_", "`code`",
    '"`md **b**`"', "$$x^2$$", "#35; #quot;", "a;b;c", "style a:b #fff;", "classDef x:y #1;", "fa:fa-car icon", "graph", "subgraph x",
    'click n1 "javascript:alert(1)"', "back\\slash \\n \\N \\G", "a|b|c", "-->", "---", "o", "x", 'href="http://x.y"', "@{ shape: cyl }",
    "\u202ertl", "\ud800", "\x00null\x07", "+ plus", "> quote", "# head", "1) one", "~~~", "[link](http://a.b)", "![img](x)", "a\u2028b",
    "it's 'q'", "   ", "{{mustache}} ${ph}", "x" * 120, "W" * 80, "==text==", ":::cls", "accTitle: x", "default", "&#35;", "ﬂ°°35¶ß",
    "\ufffe", "/", "?", '"', "'", "\\", "&", "<", "]]>", "-->x<!--", "a<br/>b", "\t", "n1", "cluster_n1", "strict digraph {", "\\\"",
]  # fmt: skip


def hostile() -> dict[str, Any]:
    """A machine whose names, conditions, errors and resources are the hostile texts; some stand in two scopes."""
    states: dict[str, Any] = {}
    for i, name in enumerate(HOSTILE):
        following = HOSTILE[(i + 1) % len(HOSTILE)]
        states[name] = {"Type": "Pass", "Next": following}
        if i % 9 == 4:
            rule = {"Variable": f"$.{name}", "StringEquals": name, "Next": following}
            states[name] = {"Type": "Choice", "Choices": [rule], "Default": HOSTILE[(i + 2) % len(HOSTILE)]}
        elif i % 9 == 7:
            task = {
                "Type": "Task",
                "Resource": name,
                "Catch": [{"ErrorEquals": [name], "Next": following}],
                "End": True,
            }
            inner = {"StartAt": name, "States": {name: task, following: {"Type": "Fail", "Error": name}}}
            states[name] = {"Type": "Map", "ItemProcessor": inner, "Next": following}
    return {"StartAt": HOSTILE[0], "States": states}


def drawn(definition: dict[str, Any] | str, name: str = "order.asl.json", *, findings: bool = False) -> Drawing:
    """Return the drawing of a definition."""
    text = definition if isinstance(definition, str) else json.dumps(definition, indent=2)
    data = text.encode("utf-8", "surrogatepass")
    machine = build(read(name, data), judged=True)
    assert machine is not None
    found = lint(name, data, Settings(), builtin(), judged=True).shown if findings else ()
    return draw(machine, name, found)


def by_chance(states: int, seed: int, *, nested: bool = True) -> dict[str, Any]:
    """A machine of so many states at the top, with branches, loops, handlers and, if nested, Maps and Parallels."""
    rng = random.Random(seed)
    number = 0

    def scope(size: int, depth: int) -> dict[str, Any]:
        nonlocal number
        names = []
        for _ in range(size):
            number += 1
            names.append(
                f"{rng.choice(['Load', 'Check', 'Publish', 'Store'])} {rng.choice(['order', 'record', 'image'])} {number}"
            )
        failed = f"Failed {number}"
        found: dict[str, Any] = {}
        for i, name in enumerate(names):
            following = names[i + 1] if i + 1 < size else failed
            state: dict[str, Any] = {"Type": "Task", "Resource": INVOKE, "Next": following}
            kind = rng.random()
            if i + 1 == size:
                state = {"Type": "Succeed"}
            elif kind < 0.2 and i + 2 < size:
                rules = [
                    {"Variable": "$.detail.status", "StringEquals": rng.choice(["OK", "PENDING"]), "Next": following},
                    {"Variable": "$.count", "NumericGreaterThan": 3, "Next": rng.choice(names[i + 2 : i + 12])},
                ]
                state = {"Type": "Choice", "Choices": rules, "Default": rng.choice(names[max(0, i - 3) : i + 1])}
            elif kind < 0.32 and depth < 3 and nested:
                state = {"Type": "Map", "ItemProcessor": scope(rng.randint(1, 5), depth + 1), "Next": following}
            elif kind < 0.42 and depth < 3 and nested:
                branches = [scope(rng.randint(1, 3), depth + 1) for _ in range(rng.randint(2, 4))]
                state = {"Type": "Parallel", "Branches": branches, "Next": following}
            if "Next" in state and rng.random() < 0.5:
                state["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": failed}]
            found[name] = state
        found[failed] = {"Type": "Fail", "Error": "Broken"}
        return {"StartAt": names[0], "States": found}

    return scope(states, 0)
