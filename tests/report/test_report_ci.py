"""The formats of CI systems: gitlab, junit, rdjson, checkstyle, markdown, and the statistics.

What each must have is asserted after its documentation, named beside it, and what it may have by shapes of our own,
narrower than the published schemas. Those are not part of this repository: with ASLLINT_REPORT_SCHEMAS, a directory that
holds them, the reports are validated with them too.
"""

import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest
from report_sample import ORDER, find, report

from asllint import result
from asllint.report import render
from asllint.report.characters import xml
from asllint.report.statistics import render_statistics
from asllint.result import Report
from asllint.rule import Fix
from asllint.source.text import Text

NASTY = 'a\x00\x07\x1b[31m\x7f\x85\u2028\ud800\ufffe\uffff]]>&<b a="c\'d">%\t`|`\r\n🙂é'
"""What XML cannot hold, what a terminal acts on, and what ends a string, an element or a cell."""


def nasty():
    out = Report()
    out.files = [NASTY]
    out.diagnostics = [
        find(Text(NASTY, "é" + NASTY), "ASL999", "odd", "error", NASTY, NASTY, pointer=f"/States/{NASTY}")
    ]
    return out


REPORTS = {"every feature": report, "nothing": Report, "nasty": nasty}
each_report = pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS.keys())


def schema(name):
    """The path of a published schema; skips where it is not there."""
    folder = os.environ.get("ASLLINT_REPORT_SCHEMAS")
    if not folder:
        pytest.skip("ASLLINT_REPORT_SCHEMAS does not say where the published schemas are")
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        pytest.skip(f"no {name} there")
    return path


def closed(required, **optional):
    """The schema of an object with these members and no others."""
    members = {"properties": required | optional, "required": list(required), "additionalProperties": False}
    return {"type": "object"} | members


def listed(items):
    return {"type": "array", "items": items}


WORDS = {"type": "string", "minLength": 1}
FROM_ONE = {"type": "integer", "minimum": 1}
PLACE = closed({"line": FROM_ONE, "column": FROM_ONE})


def refuses(shape, report, breakages):
    """Each of these members, by path, taken out (None) or replaced makes a report that the schema refuses."""
    for path, value in breakages:
        broken = json.loads(report)
        *way, last = path
        at = broken
        for step in way:
            at = at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value
        assert not jsonschema.Draft7Validator(shape).is_valid(broken), (path, value)


# -- gitlab: documentation of GitLab, "Code Quality", section "Code Quality report format"


@each_report
def test_gitlab_has_what_gitlab_asks_for(made):
    found = json.loads(render(made(), "gitlab"))
    assert len(found) == len(made().shown)
    for each in found:
        assert all(isinstance(each[key], str) and each[key] for key in ("description", "check_name", "fingerprint"))
        assert each["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert each["location"]["path"] and not each["location"]["path"].startswith("./")
        lines = each["location"]["lines"]
        assert type(lines["begin"]) is int and lines["end"] >= lines["begin"] >= 1
    assert len({each["fingerprint"] for each in found}) == len(found)


GITLAB = listed(
    closed({
        "type": {"const": "issue"},
        "check_name": {"type": "string", "pattern": r"^ASL\d{3}$"},
        "description": WORDS | {"pattern": r"^[^\r\n]+$"},
        "categories": listed({"const": "Bug Risk"}),
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "location": closed({
            "path": WORDS,
            "lines": closed({"begin": FROM_ONE, "end": FROM_ONE}),
            "positions": closed({"begin": PLACE, "end": PLACE}),
        }),
    })
)  # fmt: skip


@each_report
def test_gitlab_has_its_shape(made):
    jsonschema.Draft7Validator(GITLAB).validate(json.loads(render(made(), "gitlab")))


def test_the_shape_of_gitlab_is_narrow():
    required = [((0, key), None) for key in ("description", "check_name", "fingerprint", "severity", "location")]
    wrong = [((0, "severity"), "bad"), ((0, "fingerprint"), 1), ((0, "location", "lines", "begin"), "1"), ((0, "x"), 1)]
    refuses(GITLAB, render(report(), "gitlab"), [*required, *wrong, ((0, "location", "path"), None)])


@each_report
def test_gitlab_fits_its_schema(made):
    """gitlabhq: app/validators/json_schemas/codeclimate.json (MIT), of each finding."""
    with open(schema("codeclimate.json"), encoding="utf-8") as file:
        validator = jsonschema.Draft7Validator(json.load(file))
    assert not validator.is_valid({"description": "no place"})
    for each in json.loads(render(made(), "gitlab")):
        validator.validate(each)


def retriers(before=""):
    text = Text("a.asl.json", before + '{"Retry": [{"MaxAttempts": 5}, {"MaxAttempts": 5}]}')
    out = Report()
    for i in (0, 1):
        at = f"/States/A/Retry/{i + before.count('{}')}/MaxAttempts"
        out.diagnostics.append(find(text, "ASL301", "odd", "warning", "5", "It is 5.", nth=i, pointer=at))
    return out


def fingerprints(made, **how):
    return [each["fingerprint"] for each in json.loads(render(made, "gitlab", **how))]


def test_gitlab_knows_a_finding_again_below_new_lines_and_items():
    assert fingerprints(retriers()) == fingerprints(retriers("\n{}\n\n"))
    assert len(set(fingerprints(retriers()))) == 2


def test_gitlab_knows_different_findings_apart():
    other = retriers()
    for d in other.diagnostics:
        d.pointer = d.pointer.replace("/A/", "/B/")
    assert not set(fingerprints(retriers())) & set(fingerprints(other))


@pytest.mark.parametrize(
    ("file", "project", "path"),
    [
        ("a.asl.json", None, "a.asl.json"),
        ("a.asl.json", "/builds/x", "flows/a.asl.json"),
        ("../b.asl.json", "/builds/x", "b.asl.json"),
        ("/builds/x/flows/a.asl.json", "/builds/x", "flows/a.asl.json"),
        ("/elsewhere/a.asl.json", "/builds/x", "/elsewhere/a.asl.json"),
        ("<stdin>", None, "<stdin>"),
    ],
)
def test_gitlab_paths_start_from_the_repository(file, project, path):
    made = retriers()
    for d in made.diagnostics:
        d.file = file
    found = json.loads(render(made, "gitlab", root="/builds/x/flows", project=project))
    assert {each["location"]["path"] for each in found} == {path}


def test_gitlab_severities():
    found = {each["check_name"]: each["severity"] for each in json.loads(render(report(), "gitlab"))}
    assert found["ASL203"] == "critical" or found["ASL203"] == "blocker"
    assert (found["ASL001"], found["ASL002"], found["ASL701"]) == ("blocker", "major", "info")


# -- junit: what Jenkins' xUnit plug-in takes


def junit(made):
    root = ElementTree.fromstring(render(made, "junit"))
    assert root.tag == "testsuites"
    return root


@each_report
def test_junit_counts_what_it_holds(made):
    root = junit(made())
    for holder in (root, *root.iter("testsuite")):
        assert int(holder.get("tests")) == len(list(holder.iter("testcase")))
        assert int(holder.get("failures")) == len(list(holder.iter("failure")))
        assert int(holder.get("errors")) == len(list(holder.iter("error")))
    assert len(list(root.iter("failure"))) + len(list(root.iter("error"))) == len(made().shown)
    for suite in root:
        names = [case.get("name") for case in suite]
        assert suite.get("name") and len(set(names)) == len(names)
    for failure in root.iter("failure"):
        assert failure.get("message") and failure.get("type") and failure.text


COUNT = r"\d+"
JUNIT = {
    "testsuites": ({"name": "asllint", "tests": COUNT, "failures": COUNT, "errors": COUNT}, {"testsuite"}),
    "testsuite": ({"name": ".+", "tests": COUNT, "failures": COUNT, "errors": COUNT}, {"testcase"}),
    "testcase": ({"name": ".+", "classname": ".+"}, {"failure", "error"}),
    "failure": ({"type": "error|warning|note", "message": ".+"}, set()),
    "error": ({"type": "error|warning|note", "message": ".+"}, set()),
}
"""Of each element its attributes, all of them there, and what it may hold."""


def shaped(element, shapes):
    attributes, inner = shapes[element.tag]
    assert element.attrib.keys() == attributes.keys()
    for name, pattern in attributes.items():
        assert re.fullmatch(pattern, element.get(name), re.DOTALL), (element.tag, name)
    for child in element:
        assert child.tag in inner
        shaped(child, shapes)


@each_report
def test_junit_has_its_shape(made):
    root = junit(made())
    shaped(root, JUNIT)
    for holder in root.iter():
        assert holder.tag in ("failure", "error") or not (holder.text or "").strip()
        assert holder.tag != "testcase" or len(holder) <= 1


@each_report
def test_junit_fits_its_schema(made):
    """jenkinsci/xunit-plugin: junit-10.xsd (MIT)."""
    etree = pytest.importorskip("lxml.etree")
    validator = etree.XMLSchema(etree.parse(schema("junit-10.xsd")))
    assert not validator.validate(etree.fromstring("<testsuite/>"))
    validator.assertValid(etree.fromstring(render(made(), "junit").encode()))


def test_junit_has_a_passed_test_for_a_file_without_findings():
    made = Report()
    made.files = ["good.asl.json"]
    (suite,) = junit(made)
    assert suite.attrib == {"name": "good.asl.json", "tests": "1", "failures": "0", "errors": "0"}
    (case,) = suite
    assert not len(case)


def test_junit_tells_crashes_from_findings():
    (case,) = (case for case in junit(report()).iter("testcase") if case.get("name").startswith("ASL000"))
    assert [child.tag for child in case] == ["error"]


# -- checkstyle: what its XMLLogger writes


def checkstyle(made):
    root = ElementTree.fromstring(render(made, "checkstyle"))
    assert root.tag == "checkstyle" and root.get("version")
    return root


CHECKSTYLE = {
    "checkstyle": ({"version": r"[\d.]+"}, {"file"}),
    "file": ({"name": ".+"}, {"error"}),
    "error": (
        {"line": r"[1-9]\d*", "column": r"[1-9]\d*", "severity": "error|warning|info", "message": ".+", "source": r"asllint\.ASL\d{3}"},
        set(),
    ),
}  # fmt: skip


@each_report
def test_checkstyle_has_its_shape(made):
    shaped(checkstyle(made()), CHECKSTYLE)


@each_report
def test_checkstyle_has_what_its_readers_want(made):
    root = checkstyle(made())
    names = [file.get("name") for file in root]
    assert len(set(names)) == len(names)
    assert len(list(root.iter("error"))) == len(made().shown)


@each_report
def test_checkstyle_fits_its_schema(made):
    """checkstyle/checkstyle: config/checkstyle-report-1.0.0.xsd (LGPL-2.1)."""
    etree = pytest.importorskip("lxml.etree")
    validator = etree.XMLSchema(etree.parse(schema("checkstyle-report-1.0.0.xsd")))
    assert not validator.validate(etree.fromstring("<checkstyle><file/></checkstyle>"))
    validator.assertValid(etree.fromstring(render(made(), "checkstyle").encode()))


@pytest.mark.parametrize(
    "code", [*range(0x100), 0x2028, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x1F642]
)
def test_every_character_can_stand_in_xml(code):
    written = xml(chr(code))
    assert written.isascii()
    held = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF
    read = ElementTree.fromstring(f'<a b="{written}">{written}</a>')
    assert (read.get("b") == chr(code)) is held
    assert read.text == read.get("b") and read.text


# -- rdjson: reviewdog's proto/rdf/reviewdog.proto


@each_report
def test_rdjson_has_what_reviewdog_reads(made):
    found = json.loads(render(made(), "rdjson"))
    assert found["source"]["name"] == "asllint"
    assert len(found["diagnostics"]) == len(made().shown)
    for each in found["diagnostics"]:
        assert each["message"] and each["location"]["path"] and each["code"]["value"]
        assert each["severity"] in ("ERROR", "WARNING", "INFO")
        for place in (each["location"]["range"], *(s["range"] for s in each.get("suggestions", ()))):
            start, end = (tuple(place[side][key] for key in ("line", "column")) for side in ("start", "end"))
            assert (1, 1) <= start <= end


RANGE = closed({"start": PLACE, "end": PLACE})
RDJSON = closed({
    "source": closed({"name": {"const": "asllint"}}),
    "diagnostics": listed(
        closed(
            {
                "message": WORDS,
                "location": closed({"path": WORDS, "range": RANGE}),
                "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                "code": closed({"value": WORDS}, url=WORDS),
            },
            suggestions=listed(closed({"range": RANGE, "text": {"type": "string"}})),
        )
    ),
})  # fmt: skip


@each_report
def test_rdjson_has_its_shape(made):
    jsonschema.Draft7Validator(RDJSON).validate(json.loads(render(made(), "rdjson")))


def test_the_shape_of_rdjson_is_narrow():
    first = ("diagnostics", 0)
    required = [((*first, key), None) for key in ("message", "location")]
    wrong = [
        ((*first, "severity"), "BAD"),
        ((*first, "code"), "ASL001"),
        ((*first, "location", "range", "start", "line"), 0),
    ]
    refuses(RDJSON, render(report(), "rdjson"), [*required, *wrong, (("x",), 1)])


VALIDATOR = "@umbrelladocs/rdformat-validator/bin/rdformat-validator.js"


@each_report
def test_rdjson_satisfies_a_validator_of_others(made):
    """npm's @umbrelladocs/rdformat-validator, in ASLLINT_NODE_MODULES: the members of the format, and no others."""
    node, path = shutil.which("node"), os.path.join(os.environ.get("ASLLINT_NODE_MODULES", ""), VALIDATOR)
    if node is None or not os.path.exists(path):
        pytest.skip("no rdformat-validator in ASLLINT_NODE_MODULES")

    def valid(text):
        command = [node, path, "--strict", "--no-extra-fields"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode == 0

    assert not valid('{"diagnostics": [{"message": "m", "location": {"path": "p"}, "severity": "BAD"}]}')
    assert valid(render(made(), "rdjson"))


@each_report
def test_rdjson_fits_its_schema(made):
    """reviewdog/reviewdog: proto/rdf/jsonschema/DiagnosticResult.json (MIT)."""
    with open(schema("DiagnosticResult.json"), encoding="utf-8") as file:
        validator = jsonschema.Draft4Validator(json.load(file))
    assert not validator.is_valid({"diagnostics": [{"severity": "BAD"}]})
    validator.validate(json.loads(render(made(), "rdjson")))


def rdjson_place(content, needle, *, bom=False, nth=0, fix=None):
    text = Text("a", content, bom=bom)
    made = Report()
    made.diagnostics = [find(text, "ASL999", "odd", "error", needle, "It is odd.", nth=nth, fix=fix)]
    (found,) = json.loads(render(made, "rdjson"))["diagnostics"]
    return found


@pytest.mark.parametrize(
    ("content", "needle", "bom", "start", "end"),
    [
        ("a𐐀b", "b", False, (1, 6), (1, 7)),  # the example of the format's own description
        ("é\n注文x", "x", False, (2, 7), (2, 8)),
        ("x\r\néx", "x", True, (1, 4), (1, 5)),
        ("ab\nc", "b\nc", False, (1, 2), (2, 2)),
    ],
)
def test_rdjson_columns_count_bytes(content, needle, bom, start, end):
    place = rdjson_place(content, needle, bom=bom)["location"]["range"]
    assert (place["start"]["line"], place["start"]["column"]) == start
    assert (place["end"]["line"], place["end"]["column"]) == end
    data = content.encode() if not bom else content.encode("utf-8-sig")
    line = data.split(b"\n")[start[0] - 1]
    if start[0] == end[0]:
        assert line[start[1] - 1 : end[1] - 1].decode() == needle


def applied(content, suggestion):
    """The text with a suggestion taken, as reviewdog would: by lines and bytes."""
    lines = content.encode().splitlines(keepends=True)
    begins = [sum(map(len, lines[:i])) for i in range(len(lines) + 1)]
    start, end = (
        begins[suggestion["range"][side]["line"] - 1] + suggestion["range"][side]["column"] - 1
        for side in ("start", "end")
    )
    return (content.encode()[:start] + suggestion["text"].encode() + content.encode()[end:]).decode()


def test_rdjson_suggests_a_fix_whole():
    content = '{"é": 1,\n "注": [2,],\n "b": 3,}\n'
    commas = [i for i, c in enumerate(content) if c == "," and content[i + 1] in "]}"]
    fix = Fix("Drop the commas", [(i, i + 1, "") for i in reversed(commas)], safe=True)
    (suggestion,) = rdjson_place(content, "2", fix=fix)["suggestions"]
    assert json.loads(applied(content, suggestion)) == {"é": 1, "注": [2], "b": 3}
    insertion = Fix("Add an end", [(len(content) - 1, len(content) - 1, "\n🙂")], safe=False)
    (suggestion,) = rdjson_place(content, "2", fix=insertion)["suggestions"]
    assert suggestion["range"]["start"] == suggestion["range"]["end"]
    assert applied(content, suggestion) == content[:-1] + "\n🙂\n"


def test_rdjson_without_a_fix_has_no_suggestions():
    assert "suggestions" not in rdjson_place("ab", "b")


def test_rdjson_has_the_address_of_the_rule(monkeypatch):
    assert "url" not in rdjson_place("ab", "b")["code"]
    monkeypatch.setattr(result, "HOME", "https://example.org/asllint")
    assert rdjson_place("ab", "b")["code"]["url"] == "https://example.org/asllint/rules/README.md#asl999-odd"


# -- markdown: GitHub Flavored Markdown, sections "Tables" and "Code spans"


def cells(row):
    """The cells of a row of a table: a bar splits unless a backslash stands before it."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def table(text):
    return [line for line in text.splitlines() if line.startswith("|")]


@each_report
def test_markdown_has_a_row_for_each_finding(made):
    rows = table(render(made(), "markdown"))
    assert len(rows) == (len(made().shown) + 2 if made().shown else 0)
    assert all(len(cells(row)) == 4 for row in rows)


def one(message, file="a.asl.json"):
    made = Report()
    made.diagnostics = [find(Text(file, "x"), "ASL999", "odd", "error", "x", message)]
    return cells(table(render(made, "markdown"))[-1])


@pytest.mark.parametrize(
    ("message", "cell"),
    [
        ("`a|b` is <b>*odd*</b> | here.", r"`a\|b` is \<b\>\*odd\*\</b\> \| here."),
        ("line\none", "line one"),
        ("an odd ` mark and `code`", r"an odd ` mark and `code\`"),
        ("[x](javascript:y) &amp; ~~z~~ $a$", r"\[x\](javascript:y) \&amp; \~\~z\~\~ \$a\$"),
    ],
)
def test_markdown_says_nothing_but_the_message(message, cell):
    assert one(message)[3] == cell


def test_markdown_places_are_code_whatever_is_in_a_name():
    assert one("m", "a`b|c.json")[1] == r"``a`b\|c.json:1:1``"
    assert one("m", "`a.json")[1] == "`` `a.json:1:1 ``"


def test_markdown_has_drawings_behind_the_table():
    text = render(report(), "markdown", drawings={ORDER.name: "flowchart TD\n    n1\n"})
    assert f"<summary>{ORDER.name}</summary>\n\n```mermaid\nflowchart TD\n    n1\n```\n" in text
    assert "<b>" not in render(report(), "markdown", drawings={"<b>": "x"})


def test_markdown_keeps_what_github_takes():
    made = report()
    made.diagnostics = made.diagnostics * 2000
    drawings = {str(i): "x" * 40_000 for i in range(20)}
    text = render(made, "markdown", drawings=drawings)
    assert len(text.encode()) < 1024 * 1024
    listed = len(table(text)) - 2
    assert f"{len(made.shown) - listed:,} more findings are not listed here." in text
    assert f"{20 - text.count('```mermaid'):,} of 20 drawings are left out" in text


def test_markdown_of_nothing():
    assert render(Report(), "markdown") == "## asllint\n\nNo findings in 0 files.\n"


# -- github: nothing acts on the terminal that shows the log


def test_github_shows_what_would_act_on_a_terminal():
    text = render(nasty(), "github")
    assert text.count("\n") == 1
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\ud800-\udfff]", text)
    assert "%0D%0A" in text and "%25" in text
    properties, _, message = text.removeprefix("::error ").partition("::")
    assert "\x1b" not in properties and "␛[31m" in message
    assert "\r" not in text and "%3A" not in message


# -- statistics


def test_statistics():
    text = render_statistics(report(), "full")
    assert text.splitlines()[0].split() == ["2", "error", "ASL203", "missing-transition-target"]
    assert "1  warning  ASL002  [*] duplicate-key" in text and text.endswith("[*] fixable with --fix\n")
    assert "ASL301" not in text  # suppressed
    assert render_statistics(Report(), "concise") == ""


def test_statistics_as_json():
    rows = json.loads(render_statistics(report(), "json"))
    assert sum(row["count"] for row in rows) == len(report().shown)
    assert rows[0] == {
        "code": "ASL203", "name": "missing-transition-target", "severity": "error", "count": 2, "files": 2, "fixable": 0,
        "url": None,
    }  # fmt: skip
    assert json.loads(render_statistics(Report(), "json")) == []
