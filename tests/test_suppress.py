"""What suppressions cover, what uses them, and what is said of those that do nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asllint.result import Diagnostic
from asllint.source.json import read_json
from asllint.source.node import Document
from asllint.source.text import Text
from asllint.source.yaml import read_yaml
from asllint.suppress import Suppression, apply, find_suppressions, problems

KNOWN = {
    key: code
    for code, name in [("ASL201", "unreachable-state"), ("ASL301", "infinite-retry-risk"), ("ASL901", "key-order")]
    for key in (code, name)
}
ACTIVE = frozenset(KNOWN.values())


def read(text: str) -> Document:
    return read_json(Text("x", text)) if text.lstrip().startswith("{") else read_yaml(Text("x", text))


def one(text: str) -> tuple[Document, Suppression]:
    document = read(text)
    [suppression] = find_suppressions(document)
    return document, suppression


def covered(text: str) -> str:
    document, suppression = one(text)
    assert suppression.kind == "ok", suppression.fault
    return document.text.content[suppression.start : suppression.end]


def at(document: Document, word: str, code: str = "ASL201") -> Diagnostic:
    start = document.text.content.index(word)
    name = next(key for key, value in KNOWN.items() if value == code and key != code)
    return Diagnostic("x", document.text, code, name, "error", "", start, start + len(word))


# -- what is covered

JSON = """{
  "Comment": "%s",
  "StartAt": "A",
  "States": {
    "A": {"Type": "Task", "Comment": "%s", "Retry": [{"Comment": "%s", "ErrorEquals": ["x"]}], "Next": "B"},
    "B": {"Type": "Pass", "End": true}
  }
}"""
IGNORE = "asllint: ignore[ASL201] because"


def test_comment_fields() -> None:
    assert covered(JSON % (IGNORE, "", "")) == JSON % (IGNORE, "", "")
    state = covered(JSON % ("", IGNORE, ""))
    assert state.startswith('"A": {"Type"')
    assert state.endswith('"Next": "B"}')
    assert covered(JSON % ("", "", IGNORE)) == '{"Comment": "%s", "ErrorEquals": ["x"]}' % IGNORE  # noqa: UP031


YAML = """\
# asllint: ignore[ASL201] of the first member
Comment: text
StartAt: A
States:
  A:
    Type: Pass
    Next: B
  B: {Type: Task, Retry: [{ErrorEquals: [x]}]}
  C:
    Type: Task
    Retry:
      - ErrorEquals: [a]
        MaxAttempts: 1
      -
        ErrorEquals: [b]
    End: true
"""


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("StartAt: A", "StartAt: A"),
        ("  A:\n", "A:\n    Type: Pass\n    Next: B"),
        ("    Type: Pass", "Type: Pass"),
        ("  B: {", "B: {Type: Task, Retry: [{ErrorEquals: [x]}]}"),
        ("    Retry:\n", "Retry:\n      - ErrorEquals: [a]\n        MaxAttempts: 1\n      -\n        ErrorEquals: [b]"),
        ("      - ErrorEquals: [a]", "ErrorEquals: [a]\n        MaxAttempts: 1"),
        ("        MaxAttempts: 1", "MaxAttempts: 1"),
        ("      -\n", "ErrorEquals: [b]"),
        ("    End: true", "End: true"),
        ("States:", YAML[YAML.index("States:") :].strip()),
    ],
)
@pytest.mark.parametrize("between", ["", "\n", "   # another comment\n\n"])
@pytest.mark.parametrize("indent", ["", "          "])
def test_a_comment_alone_covers_the_next_member_or_item(before: str, expected: str, between: str, indent: str) -> None:
    text = YAML.split("\n", 1)[1]
    assert covered(text.replace(before, f"{indent}# asllint: ignore[ASL201] x\n{between}{before}", 1)) == expected


def test_a_comment_on_top() -> None:
    assert covered(YAML) == "Comment: text"
    assert covered("# asllint: ignore[ASL201]\n%YAML 1.2\n---\nStartAt: A\nStates: {}\n") == "StartAt: A"
    assert covered("StartAt: A\n# asllint: ignore[ASL201]\n") == ""
    assert covered("- - a: 1\n    b: 2\n# asllint: ignore[ASL201]\n- - c: 1\n  - d: 2\n") == "- c: 1\n  - d: 2"
    assert covered("{\n# asllint: ignore[ASL201]\n'StartAt': A}\n".replace("{\n", "&a {\n")) == "'StartAt': A"


@pytest.mark.parametrize("line", ["    Type: Pass", "  A:", "      - ErrorEquals: [a]"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_comment_behind_something_covers_its_line(line: str, end: str) -> None:
    text = YAML.split("\n", 1)[1].replace(line + "\n", f"{line} # asllint: ignore[ASL201]\n", 1).replace("\n", end)
    assert covered(text) == f"{line} # asllint: ignore[ASL201]"


def test_comments_in_a_row() -> None:
    text = "".join(f"# {'note' if i % 3 else IGNORE}\n" for i in range(30_000)) + "A: 1\nB: 2\n"
    document = read(text)
    found = find_suppressions(document)
    assert len(found) == 10_000
    assert {document.text.content[each.start : each.end] for each in found} == {"A: 1"}


def test_what_is_no_comment() -> None:
    assert find_suppressions(read(f'{{"Result": "{IGNORE}", "Comment": 3, "comment": "{IGNORE}"}}')) == []
    assert find_suppressions(read("Result: |\n  # asllint: ignore[ASL201]\n")) == []
    assert find_suppressions(read('{"Comment": "see my-asllint: ignore[ASL201]"}')) == []
    assert find_suppressions(read("")) == []
    assert find_suppressions(read(f'{{"Comment": "{IGNORE * 1000}"}}')) == []  # nobody reads such a comment


def test_an_alias_does_not_say_it_again() -> None:
    text = "States:\n  A: &a\n    Comment: 'asllint: ignore[ASL201] x'\n    Type: Pass\n  B: *a\n  C:\n    <<: *a\n    X: 1\n"
    assert covered(text).startswith("A: &a\n")
    assert covered(text).endswith("Type: Pass")


# -- what is written


@pytest.mark.parametrize(
    ("written", "names", "reason"),
    [
        ("asllint: ignore[ASL201]", ["ASL201"], ""),
        ("asllint:ignore[ASL201]", ["ASL201"], ""),
        ("asllint: ignore[ unreachable-state ,ASL301 ] it is meant", ["unreachable-state", "ASL301"], "it is meant"),
        ("Trains. asllint: ignore[ASL201] – long; ", ["ASL201"], "long"),
        ("asllint: ignore[nope]: later", ["nope"], "later"),
    ],
)
def test_selectors_and_reason(written: str, names: list[str], reason: str) -> None:
    for text in (f'{{"Comment": "{written}"}}', f"Type: Pass # {written}\n", f"Comment: '{written}'\n"):
        document, suppression = one(text)
        assert [selector.text for selector in suppression.selectors] == names
        assert suppression.reason == reason
        for selector in suppression.selectors:
            assert document.text.content[selector.start : selector.end] == selector.text
        assert document.text.content[slice(*suppression.at)] == suppression.text
        assert suppression.text.startswith("asllint:")


def test_several_in_one_comment() -> None:
    text = '{"Comment": "a asllint: ignore[ASL201] one; asllint: ignore[ASL301] two\\nasllint: ignore[ASL901] three\\nmore"}'
    found = find_suppressions(read(text))
    assert [(each.selectors[0].text, each.reason) for each in found] == [
        ("ASL201", "one"), ("ASL301", "two"), ("ASL901", "three"),
    ]  # fmt: skip


@pytest.mark.parametrize("style", ["json", "single", "double", "literal", "folded"])
def test_spans_through_escapes_and_styles(style: str) -> None:
    text = {
        "json": '{"Comment": "\\u00e9\\"\\n asllint: ignore[key-order, ASL201] x"}',
        "single": "Comment: 'it''s so\n\n  asllint: ignore[key-order, ASL201] x'\n",
        "double": 'Comment: "\\x41\\t asllint: ignore[key-order, ASL201] x"\n',
        "literal": "Comment: |\n  first\n  asllint: ignore[key-order, ASL201] x\n  last\n",
        "folded": "Comment: >-\n  first\n\n  asllint: ignore[key-order, ASL201] x\n",
    }[style]
    document, suppression = one(text)
    for selector in suppression.selectors:
        assert document.text.content[selector.start : selector.end] == selector.text
    assert document.text.content[slice(*suppression.at)] == "asllint: ignore[key-order, ASL201] x"


@pytest.mark.parametrize(
    ("written", "fault", "mended"),
    [
        (
            "asllint: disable unreachable-state",
            "unknown directive `disable`",
            "asllint: ignore[unreachable-state] reason",
        ),
        (
            "asllint: disable=ASL201,key-order",
            "unknown directive `disable`",
            "asllint: ignore[ASL201, key-order] reason",
        ),
        ("asllint: Ignore[ASL201]", "unknown directive `Ignore`", "asllint: ignore[ASL201] reason"),
        ("asllint: ignore", "names no rule in brackets", "asllint: ignore[rule-name] reason"),
        ("asllint: ignore unreachable-state", "names no rule in brackets", "asllint: ignore[unreachable-state] reason"),
        ("asllint: ignore(ASL201)", "names no rule in brackets", "asllint: ignore[ASL201] reason"),
        ("asllint: ignore[ASL201", "do not close", "asllint: ignore[ASL201] reason"),
        ("asllint: ignore [ASL201]", "do not follow `ignore` at once", "asllint: ignore[ASL201] reason"),
        ("asllint: ignore[]", "names no rule", "asllint: ignore[rule-name] reason"),
        ("asllint: ignore[ ]", "names no rule", "asllint: ignore[rule-name] reason"),
        ("asllint: ignore[ASL201,]", "commas between", "asllint: ignore[ASL201] reason"),
        ("asllint: ignore[ASL201 key-order]", "commas between", "asllint: ignore[ASL201, key-order] reason"),
        ("asllint: [ASL201]", "names no directive", "asllint: ignore[ASL201] reason"),
    ],
)
def test_malformed(written: str, fault: str, mended: str) -> None:
    for text in (f'{{"Comment": "{written}"}}', f"Type: Pass # {written}\n"):
        document, suppression = one(text)
        assert suppression.kind == "malformed"
        diagnostic = at(document, "omment" if text[0] == "{" else "Type")
        apply([diagnostic], [suppression], KNOWN, ACTIVE)
        assert diagnostic.suppressed is None
        [problem] = problems([suppression], KNOWN, ACTIVE)
        assert (problem.kind, document.text.content[problem.start : problem.end]) == ("malformed", written)
        assert fault in problem.message
        assert problem.cure == f"Write `{mended}`."


@pytest.mark.parametrize(
    "prose", ["asllint: it is in CI", "we run asllint: see the build", "asllint:", "asllint: https://example.com/a"]
)
def test_prose_is_no_suppression(prose: str) -> None:
    for text in (f'{{"Comment": "{prose}"}}', f"Type: Pass # {prose}\n"):
        document, *_ = one(text)
        assert problems(find_suppressions(document), KNOWN, ACTIVE) == []


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("unreachable-sate", "unknown-rule", "Did you mean `unreachable-state`?"),
        ("asl201", "unknown-rule", "`ASL201`"),
        ("zzz", "unknown-rule", "Name a rule"),
        ("flow", "unknown-rule", "Name a rule"),
        ("ASL2", "malformed", "one by one"),
        ("ASL", "malformed", "one by one"),
        ("ALL", "malformed", "one by one"),
        ("ASL999", "unknown-rule", "Did you mean"),
    ],
)
def test_selectors_that_name_no_rule(name: str, kind: str, said: str) -> None:
    document, suppression = one(f"Type: Pass # asllint: ignore[ASL201, {name}] x\n")
    diagnostic = at(document, "Pass")
    apply([diagnostic], [suppression], KNOWN, ACTIVE)
    assert diagnostic.suppressed == "x"  # the other name counts
    [problem] = problems([suppression], KNOWN, ACTIVE)
    assert (problem.kind, document.text.content[problem.start : problem.end]) == (kind, name)
    assert said in problem.cure
    if problem.cure.startswith("Did you mean"):
        (edit,) = problem.edits
        assert edit[:2] == (problem.start, problem.end)
        assert f"`{edit[2]}`" in problem.cure
    else:
        assert problem.edits == ()


# -- use


def test_apply() -> None:
    text = JSON % ("asllint: ignore[key-order] all", "asllint: ignore[unreachable-state, ASL301] this", "")
    document = read(text)
    found = find_suppressions(document)
    rows = [
        (at(document, '"A": {'), "this"),
        (at(document, '"A": {', "ASL301"), "this"),
        (at(document, '["x"]'), "this"),
        (at(document, '"B": {'), None),
        (at(document, '"B": {', "ASL901"), "all"),
        (at(document, '"StartAt"'), None),
        (at(document, '{\n  "Comment"', "ASL901"), "all"),
    ]
    apply([diagnostic for diagnostic, _ in reversed(rows)], found, KNOWN, ACTIVE)
    assert [diagnostic.suppressed for diagnostic, _ in rows] == [reason for _, reason in rows]
    assert problems(found, KNOWN, ACTIVE) == []


def test_the_innermost_reason_counts_and_all_are_used() -> None:
    document = read(JSON % ("asllint: ignore[ASL201] far", "asllint: ignore[ASL201] near", ""))
    found = find_suppressions(document)
    diagnostic = at(document, '["x"]')
    apply([diagnostic], found, KNOWN, ACTIVE)
    assert diagnostic.suppressed == "near"
    assert problems(found, KNOWN, ACTIVE) == []


def test_a_finding_at_the_end_of_a_line_or_behind_the_last_character() -> None:
    document = read("A: 1 # asllint: ignore[ASL201]\nB: 2\n")
    end = document.text.content.index("\nB")
    here = Diagnostic("x", document.text, "ASL201", "unreachable-state", "error", "", 4, 4)
    there = Diagnostic("x", document.text, "ASL201", "unreachable-state", "error", "", end + 1, end + 2)
    apply([here, there], find_suppressions(document), KNOWN, ACTIVE)
    assert (here.suppressed, there.suppressed) == ("", None)


def test_unused() -> None:
    document = read(JSON % (IGNORE, "", ""))
    found = find_suppressions(document)
    apply([at(document, '"B"', "ASL301")], found, KNOWN, ACTIVE)
    [problem] = problems(found, KNOWN, ACTIVE)
    assert problem.kind == "unused"
    assert document.text.content[problem.start : problem.end] == "ASL201"
    # a rule that did not run could not find anything
    assert problems(found, KNOWN, ACTIVE - {"ASL201"}) == []


def test_a_finding_about_a_suppression_is_not_suppressed_by_it() -> None:
    document, suppression = one("Type: Pass # asllint: ignore[ASL201]\n")
    [problem] = problems([suppression], KNOWN, ACTIVE)
    diagnostic = Diagnostic("x", document.text, "ASL201", "", "error", "", problem.start, problem.end)
    apply([diagnostic], [suppression], KNOWN, ACTIVE)
    assert diagnostic.suppressed is None
    assert not suppression.selectors[0].used


# -- removal


def without(text: str, *used: str) -> str:
    """Return the text when the edits of its first unused suppression are made; `used` are the names that are used."""
    document = read(text)
    found = find_suppressions(document)
    for suppression in found:
        for selector in suppression.selectors:
            selector.used = selector.text in used
    problem = next(problem for problem in problems(found, KNOWN, ACTIVE) if problem.kind == "unused")
    content = document.text.content
    for start, end, new in sorted(problem.edits, reverse=True):
        content = content[:start] + new + content[end:]
    return content


@pytest.mark.parametrize(
    ("text", "used", "expected"),
    [
        ("A: 1 # asllint: ignore[ASL201, ASL301] x\n", "ASL301", "A: 1 # asllint: ignore[ASL301] x\n"),
        ("A: 1 # asllint: ignore[ASL201, ASL301] x\n", "ASL201", "A: 1 # asllint: ignore[ASL201] x\n"),
        ("A: 1 # asllint: ignore[ASL201, ASL301] x\n", "", "A: 1\n"),
        ("A: 1   # asllint: ignore[ASL201]\r\nB: 2", "", "A: 1\r\nB: 2"),
        ("B: 1\n  # asllint: ignore[ASL201] x\nA: 2\n", "", "B: 1\nA: 2\n"),
        ("B: 1\r\n# asllint: ignore[ASL201] x\r\nA: 2\r\n", "", "B: 1\r\nA: 2\r\n"),
        ("A: 1 # why asllint: ignore[ASL201] x\n", "", "A: 1 # why\n"),
        (
            "A: 1 # asllint: ignore[ASL201] x asllint: ignore[ASL301] y\n",
            "ASL301",
            "A: 1 # asllint: ignore[ASL301] y\n",
        ),
        ('{"Comment": "asllint: ignore[ASL201] x", "A": 1}', "", '{"A": 1}'),
        ('{"A": 1, "Comment": "asllint: ignore[ASL201] x"}', "", '{"A": 1}'),
        ('{\n  "A": 1,\n  "Comment": "asllint: ignore[ASL201]",\n  "B": 2\n}', "", '{\n  "A": 1,\n  "B": 2\n}'),
        ('{"Comment": "Trains. asllint: ignore[ASL201] x", "A": 1}', "", '{"Comment": "Trains.", "A": 1}'),
        ('{"Comment": "asllint: ignore[ASL201, ASL301] x"}', "ASL301", '{"Comment": "asllint: ignore[ASL301] x"}'),
        ("A: 1\nComment: 'asllint: ignore[ASL201] x'\nB: 2\n", "", "A: 1\nB: 2\n"),
        ("A: 1\nB:\n  Comment: 'asllint: ignore[ASL201] x'\n  C: 2\n", "", "A: 1\nB:\n  C: 2\n"),
        ("A: 1\nComment: |\n  asllint: ignore[ASL201] x\nB: 2\n", "", "A: 1\nB: 2\n"),
        ("A: 1\nComment: |\n  first\n  asllint: ignore[ASL201] x\nB: 2\n", "", "A: 1\nComment: |\n  first\nB: 2\n"),
        ('{"Comment": "a\\n asllint: ignore[ASL201] x\\nb"}', "", '{"Comment": "a\\nb"}'),
        ("Comment: >\n  first\n\n  asllint: ignore[ASL201] x\n\n  last\n", "", "Comment: >\n  first\n\n  last\n"),
        # nothing is removed that is not certain
        ('{"Comment": "asllint: ignore[ASL201] x"}', "", '{"Comment": "asllint: ignore[ASL201] x"}'),
        (
            "A: 1 # keep\nComment: 'asllint: ignore[ASL201]'\n",
            "",
            "A: 1 # keep\nComment: 'asllint: ignore[ASL201]'\n",
        ),
    ],
)
def test_removal(text: str, used: str, expected: str) -> None:
    assert without(text, used) == expected


# -- any text

PIECES = st.sampled_from(
    [
        "asllint:",
        " ignore",
        "[",
        "]",
        "ASL201",
        ",",
        " ",
        "\n",
        "- ",
        "A: ",
        "# ",
        "'",
        '"Comment": ',
        "{",
        "}",
        "Comment: |\n ",
        "x",
    ]
)


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text(text: str) -> None:
    for document in (read_json(Text("x", text)), read_yaml(Text("x", text))):
        found = find_suppressions(document)
        size = len(document.text.content)
        for each in found:
            assert 0 <= each.start <= each.end <= size
            assert 0 <= each.at[0] < each.at[1] <= size
            assert all(each.at[0] <= s.start < s.end <= each.at[1] for s in each.selectors)
            assert all(0 <= start <= end <= size for start, end, _ in each.removal)
        apply([], found, KNOWN, ACTIVE)
        for problem in problems(found, KNOWN, ACTIVE):
            assert 0 <= problem.start < problem.end <= size


def test_many_suppressions() -> None:
    lines = "".join(f"S{i}: 1 # asllint: ignore[ASL201]\n" for i in range(5000))
    document = read(lines)
    found = find_suppressions(document)
    assert len(found) == 5000
    diagnostics = [
        Diagnostic("x", document.text, "ASL201", "unreachable-state", "error", "", start, start + 1)
        for start in document.text.starts[:5000]
    ]
    apply(diagnostics, found, KNOWN, ACTIVE)
    assert all(diagnostic.suppressed == "" for diagnostic in diagnostics)
