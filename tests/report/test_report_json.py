"""The JSON contract, key by key, as users' scripts rely on it."""

import json

import pytest
from report_sample import report

from asllint import __version__, result
from asllint.report import render
from asllint.result import Diagnostic, Report
from asllint.source.text import Text

FINDING = [
    "file", "code", "name", "severity", "rejected_by_aws", "aws_code", "message", "state", "pointer", "line", "column",
    "end_line", "end_column", "offset", "end_offset", "url", "related", "fix",
]  # fmt: skip
PLACE = ["line", "column", "end_line", "end_column", "offset", "end_offset"]


@pytest.fixture
def document():
    return json.loads(render(report(), "json"))


def test_document(document):
    assert list(document) == ["version", "tool", "files", "findings", "skipped", "summary"]
    assert document["version"] == 1
    assert document["tool"] == {"name": "asllint", "version": __version__}
    assert document["files"] == [
        "build/min.asl.json",
        "cut.asl.json",
        "flows/naïve 100%.asl.yaml",
        "machines/order.asl.json",
    ]
    assert document["skipped"] == [{"file": "template.yaml", "reason": "holds no state machine"}]


def test_summary(document):
    assert list(document["summary"].items()) == [
        ("error", 5), ("warning", 1), ("note", 1), ("suppressed", 1), ("baselined", 1), ("skipped", 1), ("files", 4),
    ]  # fmt: skip


def test_findings_are_those_shown_in_order(document):
    assert [(f["file"], f["line"], f["code"]) for f in document["findings"]] == [
        (d.file, d.position[0], d.code) for d in report().shown
    ]
    assert not any(f["code"] == "ASL301" for f in document["findings"])


def test_finding(document):
    found = next(f for f in document["findings"] if f["pointer"] == "/States/Charge/Next")
    assert list(found) == FINDING
    assert found == {
        "file": "machines/order.asl.json",
        "code": "ASL203",
        "name": "missing-transition-target",
        "severity": "error",
        "rejected_by_aws": True,
        "aws_code": "MISSING_TRANSITION_TARGET",
        "message": "`Next` names `ShipOrdr`, and there is no such state: AWS refuses the definition. "
        "Write `ShipOrder`.",
        "state": "Charge",
        "pointer": "/States/Charge/Next",
        "line": 8,
        "column": 15,
        "end_line": 8,
        "end_column": 25,
        "offset": 218,
        "end_offset": 228,
        "url": None,
        "related": [
            {
                "message": "`ShipOrder` is here",
                "line": 10,
                "column": 5,
                "end_line": 10,
                "end_column": 16,
                "offset": 240,
                "end_offset": 251,
            }
        ],
        "fix": {
            "title": "Replace it by `ShipOrder`",
            "safety": "unsafe",
            "edits": [{"offset": 219, "end_offset": 227, "text": "ShipOrder"}],
        },
    }
    assert list(found["related"][0]) == ["message", *PLACE]
    assert list(found["fix"]) == ["title", "safety", "edits"]
    assert list(found["fix"]["edits"][0]) == ["offset", "end_offset", "text"]


def test_every_finding_has_every_key(document):
    assert all(list(f) == FINDING for f in document["findings"])


def test_what_is_not_there_is_null(document):
    found = next(f for f in document["findings"] if f["file"] == "gone.asl")
    assert {key for key, value in found.items() if value is None} == {"aws_code", "state", "url", "fix"}
    assert [found[key] for key in PLACE] == [1, 1, 1, 1, 0, 0]
    assert found["related"] == []


def test_safe_fix(document):
    found = next(f for f in document["findings"] if f["code"] == "ASL002")
    assert found["fix"]["safety"] == "safe"


def test_jsonl_has_the_same_objects(document):
    lines = render(report(), "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == document["findings"]


def test_empty_report():
    assert json.loads(render(Report(), "json"))["findings"] == []
    assert render(Report(), "jsonl") == ""


def test_url_is_made_from_the_home(monkeypatch):
    monkeypatch.setattr(result, "HOME", "https://example.org/asllint")
    found = json.loads(render(report(), "jsonl").splitlines()[0])
    assert found["url"] == "https://example.org/asllint/rules/README.md#asl203-missing-transition-target"


@pytest.mark.parametrize("format", ["json", "jsonl", "sarif"])
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\ud800", "�"),
        ("a\udc00b", "a�b"),
        ("🙂", "🙂"),
        ("🙂\ud800", "🙂�"),
        ("\\ud800", "\\ud800"),
        ("\\\ud800", "\\�"),
    ],
)
def test_lone_surrogates_do_not_make_the_text_unreadable(format, text, kept):
    out = Report()
    out.diagnostics = [Diagnostic("a", Text("a", "{}"), "ASL999", "odd", "error", text, 0, 1)]
    line = render(out, format)
    assert json.dumps(kept) in line
    json.loads(line)
