"""SARIF: what consumers read, and GitHub's limits."""

import gzip
import json
import random

import pytest
from report_sample import CUT, RULES, find, report

from asllint import __version__
from asllint.report import sarif
from asllint.report.sarif import render_sarif
from asllint.result import Diagnostic, RelatedPlace, Report
from asllint.rule import Fix
from asllint.source.text import Text


def run_of(out, **how):
    text, _ = render_sarif(out, **how)
    log = json.loads(text)
    assert log["version"] == "2.1.0" and log["$schema"] == sarif.SCHEMA and len(log["runs"]) == 1
    return log["runs"][0]


@pytest.fixture
def run():
    return run_of(report(), rules=RULES)


def result_of(run, pointer):
    return next(
        r
        for r in run["results"]
        if r["locations"][0].get("logicalLocations", [{}])[0].get("fullyQualifiedName") == pointer
    )


def many(count, severity="error", text="{}"):
    out = Report()
    source = Text("a.asl", text)
    out.diagnostics = [
        Diagnostic("a.asl", source, "ASL999", "odd", severity, f"m{i}", 0, 1, pointer=f"/{i}") for i in range(count)
    ]
    return out


def test_run(run):
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("asllint", __version__)
    assert "informationUri" not in driver
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["newlineSequences"] == ["\r\n", "\n", "\r"]
    assert run["invocations"] == [{"executionSuccessful": True}]
    assert list(run["originalUriBaseIds"]) == ["%SRCROOT%"]
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]


def test_a_failed_run_says_so():
    out = report()
    out.failed = True
    assert run_of(out)["invocations"][0]["executionSuccessful"] is False


def test_an_empty_run_has_results_and_rules():
    run = run_of(Report())
    assert run["results"] == [] and run["tool"]["driver"]["rules"] == []


def test_rules_are_all_those_given_by_code(run):
    rules = run["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == ["ASL000", "ASL001", "ASL002", "ASL101", "ASL203", "ASL301", "ASL701"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_rule(run):
    rule = next(r for r in run["tool"]["driver"]["rules"] if r["id"] == "ASL002")
    assert rule == {
        "id": "ASL002",
        "name": "duplicate-key",
        "shortDescription": {"text": "A key stands twice in one object."},
        "fullDescription": {"text": "A key stands twice in one object. The last one counts."},
        "help": {"text": RULES["ASL002"].page, "markdown": RULES["ASL002"].page},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["document"], "precision": "very-high", "problem.severity": "warning"},
    }


def test_a_rule_that_nobody_described(run):
    rule = run["tool"]["driver"]["rules"][0]
    assert (rule["id"], rule["shortDescription"]["text"]) == ("ASL000", "Unreadable.")
    assert rule["defaultConfiguration"]["level"] == "error"


def test_security_severity_stands_only_on_rules_about_security(run):
    with_it = {
        r["id"]: r["properties"] for r in run["tool"]["driver"]["rules"] if "security" in r["properties"]["tags"]
    }
    assert list(with_it) == ["ASL701"]
    assert with_it["ASL701"] == {
        "tags": ["security", "iam"],
        "precision": "high",
        "problem.severity": "recommendation",
        "security-severity": "5.0",
    }
    assert sum("security-severity" in r["properties"] for r in run["tool"]["driver"]["rules"]) == 1


def test_the_full_description_of_a_real_rule_is_prose():
    from asllint.page import info
    from asllint.registry import builtin

    entry = next(entry for entry in builtin() if entry.code == "ASL107")
    rule = info(entry, examples=False)
    written = run_of(Report(), rules={"ASL107": rule})["tool"]["driver"]["rules"][0]
    assert "- Severity: " in rule.page
    assert "Severity: " not in written["fullDescription"]["text"]
    assert written["fullDescription"]["text"].startswith(f"{rule.short} AWS wants each field")


def test_long_descriptions_are_clipped():
    rule = RULES["ASL002"].__class__("ASL999", "odd", "error", short="s" * 2000, page="# Title\n\n" + "p " * 2000)
    written = run_of(Report(), rules={"ASL999": rule})["tool"]["driver"]["rules"][0]
    assert written["shortDescription"]["text"] == "s" * 1023 + "…"
    assert written["fullDescription"]["text"].startswith("p p ") and len(written["fullDescription"]["text"]) == 1024
    assert written["help"]["text"] == rule.page


def test_levels_are_always_written(run):
    assert [r["level"] for r in run["results"]] == [d.severity for d in report().diagnostics]
    assert {"warning", "error", "note"} == {r["level"] for r in run["results"]}


def test_result(run):
    result = result_of(run, "/States/Charge/Next")
    assert result["message"] == {
        "text": report().diagnostics[7].full_message,
        "markdown": report().diagnostics[7].full_message + "\n\nStates of this machine:\n\n- `Charge`\n- `ShipOrder`",
    }
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "machines/order.asl.json", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 8, "startColumn": 15, "endLine": 8, "endColumn": 25},
            },
            "logicalLocations": [{"name": "Charge", "fullyQualifiedName": "/States/Charge/Next"}],
        }
    ]
    assert result["relatedLocations"] == [
        {
            "id": 1,
            "message": {"text": "`ShipOrder` is here"},
            "physicalLocation": {
                "artifactLocation": {"uri": "machines/order.asl.json", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 10, "startColumn": 5, "endLine": 10, "endColumn": 16},
            },
        }
    ]
    assert result["fixes"] == [
        {
            "description": {"text": "Replace it by `ShipOrder`"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "machines/order.asl.json", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 8, "startColumn": 16, "endLine": 8, "endColumn": 24},
                            "insertedContent": {"text": "ShipOrder"},
                        }
                    ],
                }
            ],
            "properties": {"safe": False},
        }
    ]
    assert result["properties"] == {"rejectedByAws": True, "awsCode": "MISSING_TRANSITION_TARGET"}


def test_a_deletion_inserts_nothing(run):
    replacement = result_of(run, "/States/ShipOrder/End")["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert list(replacement) == ["deletedRegion"]


def test_an_empty_span_has_four_numbers(run):
    region = run["results"][1]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 1}
    assert "logicalLocations" not in run["results"][1]["locations"][0]


def test_suppressed(run):
    result = result_of(run, "/States/Charge/Retry/0/MaxAttempts")
    assert result["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "the queue is drained by hand"}
    ]
    assert sum("suppressions" in r for r in run["results"]) == 1


def test_suppressed_without_a_reason():
    out = many(1)
    out.diagnostics[0].suppressed = ""
    assert run_of(out)["results"][0]["suppressions"] == [{"kind": "inSource", "status": "accepted"}]


def test_baselined(run):
    assert [r["baselineState"] for r in run["results"]] == ["new"] * 3 + ["unchanged"] + ["new"] * 5
    assert all("baselineState" not in r for r in run_of(many(2))["results"])


def test_fingerprints(run):
    prints = [r["partialFingerprints"] for r in run["results"]]
    assert all(
        ("primaryLocationLineHash" in p) == (d.text is not None)
        for p, d in zip(prints, report().diagnostics, strict=True)
    )
    own = [p["asllintFingerprint/v1"] for p in prints]
    assert len(set(own)) == len(own)
    # independent of line and message
    moved = many(1)
    same = run_of(moved)["results"][0]["partialFingerprints"]["asllintFingerprint/v1"]
    moved.diagnostics[0].text, moved.diagnostics[0].start, moved.diagnostics[0].message = (
        Text("a.asl", "\n\n{}"),
        2,
        "n",
    )
    assert run_of(moved)["results"][0]["partialFingerprints"]["asllintFingerprint/v1"] == same
    moved.diagnostics[0].pointer = "/1"
    assert run_of(moved)["results"][0]["partialFingerprints"]["asllintFingerprint/v1"] != same


@pytest.mark.parametrize(
    ("file", "root", "expected"),
    [
        ("a/b.asl", None, {"uri": "a/b.asl", "uriBaseId": "%SRCROOT%"}),
        ("./a/../b c.asl", None, {"uri": "b%20c.asl", "uriBaseId": "%SRCROOT%"}),
        ("naïve#100%?.asl", None, {"uri": "na%C3%AFve%23100%25%3F.asl", "uriBaseId": "%SRCROOT%"}),
        ("a:b.asl", None, {"uri": "a%3Ab.asl", "uriBaseId": "%SRCROOT%"}),
        ("<stdin>", None, {"uri": "%3Cstdin%3E", "uriBaseId": "%SRCROOT%"}),
        ("\udcff.asl", None, {"uri": "%FF.asl", "uriBaseId": "%SRCROOT%"}),
        ("\ud800.asl", None, {"uri": "%EF%BF%BD.asl", "uriBaseId": "%SRCROOT%"}),
        ("/r/a.asl", None, {"uri": "file:///r/a.asl"}),
        ("/r/a.asl", "/r/", {"uri": "a.asl", "uriBaseId": "%SRCROOT%"}),
        ("/rest/a.asl", "/r", {"uri": "file:///rest/a.asl"}),
        ("../a.asl", "/r/s", {"uri": "file:///r/a.asl"}),
        ("../s/a.asl", "/r/s", {"uri": "a.asl", "uriBaseId": "%SRCROOT%"}),
        ("a.asl", "/", {"uri": "a.asl", "uriBaseId": "%SRCROOT%"}),
        ("C:/w/a.asl", "C:/w", {"uri": "a.asl", "uriBaseId": "%SRCROOT%"}),
        ("C:/v/a.asl", "C:/w", {"uri": "file:///C:/v/a.asl"}),
    ],
)
def test_paths(file, root, expected):
    out = many(1)
    out.diagnostics[0].file = file
    physical = run_of(out, root=root)["results"][0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == expected


@pytest.mark.parametrize(
    ("root", "uri"),
    [("/r/a b", "file:///r/a%20b/"), ("/r/", "file:///r/"), ("/", "file:///"), ("C:/w", "file:///C:/w/")],
)
def test_root(root, uri):
    run = run_of(many(1), root=root)
    assert run["originalUriBaseIds"]["%SRCROOT%"] == {"uri": uri}
    assert run["invocations"][0]["workingDirectory"] == {"uri": uri}


# -- limits


def test_nothing_is_left_out_of_a_small_run():
    assert render_sarif(report(), rules=RULES)[1] == []


def test_results_over_the_limit_leave_the_gravest_in_order(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_RESULTS", 5)
    out = many(10)
    for i, severity in enumerate(["note", "warning", "error", "error", "warning"] * 2):
        out.diagnostics[i].severity = severity
    out.diagnostics[2].suppressed = "reason"
    out.diagnostics[3].baselined = True
    text, notes = render_sarif(out)
    run = json.loads(text)["runs"][0]
    assert [r["message"]["text"] for r in run["results"]] == ["m1", "m4", "m6", "m7", "m8"]
    assert len(notes) == 1 and notes[0].startswith("5 of 10 findings were left out")
    assert run["invocations"][0]["toolExecutionNotifications"] == [{"message": {"text": notes[0]}, "level": "warning"}]


def test_the_real_limit_of_results():
    text, notes = render_sarif(many(sarif.MAX_RESULTS + 3))
    assert len(json.loads(text)["runs"][0]["results"]) == 25_000
    assert notes[0].startswith("3 of 25003 findings")


def test_size_over_the_limit(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_COMPRESSED", 20_000)
    out = many(400)
    noise = random.Random(1)
    for d in out.diagnostics:
        d.message = f"{noise.getrandbits(2000):x}"
    text, notes = render_sarif(out)
    kept = len(json.loads(text)["runs"][0]["results"])
    assert 30 < kept < 100
    assert len(gzip.compress(text.encode())) <= 20_000
    assert notes[0].startswith(f"{400 - kept} of 400 findings")


def test_size_that_no_result_can_mend(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_COMPRESSED", 10)
    text, notes = render_sarif(many(3))
    assert json.loads(text)["runs"][0]["results"] == [] and notes[0].startswith("3 of 3")


def test_rules_over_the_limit(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_RULES", 2)
    text, notes = render_sarif(report(), rules=RULES)
    run = json.loads(text)["runs"][0]
    assert [r["id"] for r in run["tool"]["driver"]["rules"]] == ["ASL000", "ASL001"]
    assert {r["ruleId"] for r in run["results"]} == {"ASL000", "ASL001"}
    assert notes == ["5 rules were left out, and 7 findings with them: GitHub takes 2."]


def test_related_places_over_the_limit(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_RELATED", 2)
    out = many(1)
    out.diagnostics[0].related = tuple(RelatedPlace(0, 1, str(i)) for i in range(5))
    text, notes = render_sarif(out)
    related = json.loads(text)["runs"][0]["results"][0]["relatedLocations"]
    assert [(r["id"], r["message"]["text"]) for r in related] == [(1, "0"), (2, "1")]
    assert notes == ["3 related places were left out: GitHub takes 2 a result."]


def test_tags_are_at_most_twenty():
    rule = RULES["ASL002"].__class__("ASL999", "odd", "error", group="g", tags=[*map(str, range(30)), "g"])
    tags = run_of(Report(), rules={"ASL999": rule})["tool"]["driver"]["rules"][0]["properties"]["tags"]
    assert tags == ["g", *map(str, range(19))]


def test_edits_at_the_end_of_a_text():
    out = Report()
    out.diagnostics = [find(CUT, "ASL001", "syntax-error", "error", None, "m")]
    end = len(CUT.content)
    out.diagnostics[0].fix = Fix("Close it", [(end, end, "}}")], safe=True)
    change = run_of(out)["results"][0]["fixes"][0]["artifactChanges"][0]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 1},
            "insertedContent": {"text": "}}"},
        }
    ]
