"""The formats for terminals and logs: full, concise, github."""

from functools import partial

import pytest
from report_sample import find, report

from asllint.report import render
from asllint.result import Diagnostic, RelatedPlace, Report
from asllint.rule import Fix
from asllint.source.text import Text


def one(content, needle, *, name="a.asl", message="It is wrong.", nth=0, **more):
    """A report with one finding at a part of a text (None: its end)."""
    out = Report()
    out.files = [name]
    out.diagnostics = [find(Text(name, content), "ASL999", "odd", "error", needle, message, nth=nth, **more)]
    return out


def frame(content, needle, *, nth=0, related=(), **how):
    """The lines of the frame, without header, rule above, and footers."""
    text = render(one(content, needle, nth=nth, related=related), "full", quiet=True, **how)
    return text.split("\n")[2:-1]


def under(lines):
    """What stands over the marks in a frame of two lines."""
    source, marks = lines
    start = marks.index("^")
    return source[start : marks.rindex("^") + 1]


# -- full


def test_header_names_place_severity_code_and_rule():
    text = render(one('{"a": 1}\n', "1"), "full")
    assert text.startswith("a.asl:1:7: error[ASL999 odd] It is wrong.\n")


def test_carets_stand_under_the_exact_span():
    assert frame('{\n  "Type": "Tsk"\n}', '"Tsk"') == ['2 │   "Type": "Tsk"', "  │           ^^^^^"]


def test_an_empty_span_has_one_caret():
    assert frame("abc", "", nth=1) == ["1 │ abc", "  │  ^"]


def test_the_end_of_a_text_is_shown_with_the_line_above():
    assert frame("{\r\n\r\n", None) == ["1 │ {", "  ┆", "3 │", "  │ ^"]
    assert frame("{\n", None) == ["1 │ {", "2 │", "  │ ^"]
    assert frame("", None) == ["1 │", "  │ ^"]


def test_line_numbers_are_aligned_to_the_widest_of_a_finding():
    content = "a\n" + "\n" * 8 + "b"
    lines = frame(content, "a", related=[RelatedPlace(len(content) - 1, len(content), "other")])
    assert lines == [" 1 │ a", "   │ ^", "   = a.asl:10:1: other", "10 │ b", "   │ -"]


def test_a_span_of_several_lines_shows_the_first_and_the_last():
    content = '{\n  "a": [\n    1,\n    2\n  ]\n}'
    assert frame(content, "[\n    1,\n    2\n  ]") == ['2 │   "a": [', "  │        ^", "  ┆", "5 │   ]", "  │   ^"]
    assert frame("[1,\n  2]", "[1,\n  2]") == ["1 │ [1,", "  │ ^^^", "2 │   2]", "  │   ^^"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_end_is_not_shown_as_part_of_a_span(end):
    assert frame(f"ab{end}cd", f"b{end}") == ["1 │ ab", "  │  ^"]
    assert frame(f"ab{end}cd", end) == ["1 │ ab", "  │   ^"]


def test_tabs_are_four_columns():
    assert frame('\t\t"a":\t"b"', '"b"') == ['1 │         "a":    "b"', "  │                 ^^^"]


def test_wide_characters_take_two_columns():
    assert frame('"注文": 1', "1") == ['1 │ "注文": 1', "  │         ^"]
    assert frame('"注文": 1', "注文") == ['1 │ "注文": 1', "  │  ^^^^"]
    assert frame('"🙂x"', "x") == ['1 │ "🙂x"', "  │    ^"]


def test_combining_characters_take_none():
    assert frame("e\u0301e\u0301 x", "x") == ["1 │ e\u0301e\u0301 x", "  │    ^"]
    assert frame("e\u0301 x", "\u0301") == ["1 │ e\u0301 x", "  │  ^"]


@pytest.mark.parametrize(
    ("char", "shown"),
    [
        ("\x00", "␀"),
        ("\x1b", "␛"),
        ("\x7f", "␡"),
        ("\x9b", "<U+009B>"),
        ("\xa0", "<U+00A0>"),
        ("\u2028", "<U+2028>"),
        ("\u202e", "<U+202E>"),
        ("\ud800", "<U+D800>"),
        ("\ufeff", "<U+FEFF>"),
    ],
)
def test_what_cannot_be_seen_is_shown(char, shown):
    lines = frame(f"a{char}b", char)
    assert lines[0] == f"1 │ a{shown}b"
    assert under(lines) == shown


@pytest.mark.parametrize("format", ["full", "concise"])
def test_no_text_of_a_user_acts_on_the_terminal(format):
    bad = "\x1b[2J\u202e\r\x9b"
    out = one(f"a{bad}", "a", name=f"x{bad}.asl", message=f"m{bad}", cure=f"c{bad}", details=f"d{bad}")
    out.diagnostics[0].fix = Fix(f"f{bad}", [], safe=True)
    out.diagnostics[0].related = (RelatedPlace(0, 1, f"r{bad}"),)
    assert render(out, format, verbose=True).replace("\n", "").isprintable()


def test_without_unicode_a_source_line_keeps_its_columns():
    assert frame("é注🙂 x\x1b…", "x", unicode=False) == ["1 | ??? x<U+001B>?", "  |     ^"]


def test_without_unicode_words_stay_readable():
    out = one("x", "x", name="naïve.asl", message="“a” → b … 注")
    line = render(out, "full", unicode=False).split("\n")[0]
    assert line == 'na\\xefve.asl:1:1: error[ASL999 odd] "a" -> b ... \\u6ce8'


# -- full: long lines


LONG = ",".join(f'"k{i}": {i}' for i in range(500))


@pytest.mark.parametrize("needle", ['"k0"', '"k7"', '"k250"', '"k498"', '"k499": 499'])
@pytest.mark.parametrize("width", [30, 60, 120])
@pytest.mark.parametrize("unicode", [True, False])
def test_a_long_line_is_cut_around_the_span(needle, width, unicode):
    lines = frame(LONG, needle, width=width, unicode=unicode)
    assert under(lines) == needle
    assert all(len(line) <= width for line in lines)
    assert len(lines[0]) > width - 8
    ellipsis = "…" if unicode else "..."
    # the start and the end of the line are kept where the span is near
    assert lines[0][4:].startswith(ellipsis) == (needle != '"k0"' and (needle != '"k7"' or width < 120))
    assert lines[0].endswith(ellipsis) == (not needle.startswith('"k49') or (needle == '"k498"' and width == 30))


def test_a_line_that_fits_is_not_cut():
    content = "x" * 116
    assert frame(content, "x")[0] == f"1 │ {content}"
    assert frame(content + "x", "x")[0] == f"1 │ {'x' * 115}…"


def test_a_span_longer_than_the_line_that_is_shown():
    lines = frame("a" + "b" * 500 + "c", "b" * 500, width=40)
    assert lines == ["1 │ …" + "b" * 34 + "…", "  │  " + "^" * 34]


def test_the_last_line_of_a_span_is_shown_at_its_end():
    lines = frame("[\n" + "b" * 500 + "] rest", "[\n" + "b" * 500 + "]", width=40)
    assert lines[2:] == ["2 │ …" + "b" * 33 + "]…", "  │  " + "^" * 34]


def test_wide_characters_in_a_long_line():
    lines = frame("注" * 300 + "x" + "注" * 300, "x", width=41)
    assert lines[0].startswith("1 │ …注") and lines[0].endswith("注…")
    before = lines[0][4 : lines[0].index("x")]
    assert lines[1] == "  │ " + " " * (2 * len(before) - 1) + "^"


def test_a_flood_of_combining_characters_is_bounded():
    assert len(frame("e" + "\u0301" * 100_000 + "x", "x")[0]) < 1_000


def test_the_length_of_a_line_costs_nothing(linear):
    """10,000 findings in one line of 4 MB: copying the line for each would be 40 GB."""

    def prepare(count):
        text = Text("min.asl", "\n" + '{"a":1},' * 50 * count)
        out = Report()
        out.diagnostics = [
            Diagnostic("min.asl", text, "ASL999", "odd", "error", "m", i * 400 + 2, i * 400 + 5) for i in range(count)
        ]
        return partial(render, out, "full")

    linear(prepare, 500, 10_000)


# -- full: footers, hidden findings, summary, colours


def test_cure_fix_and_details():
    out = one("x", "x", cure="Write `y`.", details="See:\n\n- a\n- b\n", rejected_by_aws=True, aws_code="NO_X")
    out.diagnostics[0].fix = Fix("Replace it", [], safe=False)
    text = render(out, "full", quiet=True)
    assert text.endswith("  = help: Write `y`.\n  = fix available (unsafe): Replace it\n")
    more = render(out, "full", quiet=True, verbose=True)
    assert more == text + "  = aws: refuses this definition (NO_X)\n  │\n  │ See:\n  │\n  │ - a\n  │ - b\n"


def test_a_finding_without_a_text():
    out = Report()
    out.diagnostics = [Diagnostic("gone.asl", None, "ASL000", "unreadable", "error", "It cannot be read.", 0, 0)]
    assert render(out, "full", quiet=True) == "gone.asl: error[ASL000 unreadable] It cannot be read.\n"


def test_hidden_findings_are_listed_only_with_verbose():
    plain, verbose = render(report(), "full"), render(report(), "full", verbose=True)
    assert "ASL301" not in plain and "`JSONPath`" not in plain
    assert "suppressed warning[ASL301 infinite-retry-risk]" in verbose
    assert "= reason: the queue is drained by hand\n" in verbose
    assert "baselined note[ASL101 unknown-type] `JSONPath` is the default.\n" in verbose


def test_summary():
    last, fixable = render(report(), "full").split("\n")[-3:-1]
    assert fixable == "1 fixable with --fix, 1 more with --unsafe-fixes."
    assert last == "5 errors, 1 warning, 1 note in 4 files (1 suppressed, 1 in the baseline, 1 skipped)."
    assert "in 4 files" not in render(report(), "full", quiet=True)


def test_summary_of_nothing():
    out = Report()
    out.files = ["a", "b", "c", "d"]
    assert render(out, "full") == "No findings in 4 files.\n"
    assert render(out, "full", quiet=True) == ""
    out.files, out.skipped = ["a"], [("b", "no")]
    assert render(out, "full") == "No findings in 1 file (1 skipped).\n"


@pytest.mark.parametrize("format", ["full", "concise"])
def test_colours_add_nothing_but_sequences(format):
    import re

    painted = render(report(), format, color=True, verbose=True)
    assert "\x1b[1;31m" in painted and "\x1b[1;33m" in painted and "\x1b[1;36m" in painted
    plain = re.sub(r"\x1b\[[0-9;]*m", "", painted)
    assert plain.split() == render(report(), format, verbose=True).split()


# -- concise


def test_concise_folds_lines():
    text = render(one("{\n x", "x", message="One.\n  Two.", cure="Three."), "concise")
    assert text == "a.asl:2:2: ASL999 error One. Two. Three.\n"


def test_concise_of_nothing():
    assert render(Report(), "concise") == ""


# -- github


def test_github_escapes():
    out = one("x", "x", name="a,b:c%.asl", message="50%, a:\nb\r")
    assert render(out, "github") == (
        "::error file=a%2Cb%3Ac%25.asl,line=1,col=1,endLine=1,endColumn=2,title=ASL999 (odd)::50%25, a:%0Ab%0D\n"
    )


def test_github_has_no_columns_where_the_lines_differ():
    assert render(one("[\n]", "[\n]"), "github").startswith("::error file=a.asl,line=1,endLine=2,title=")


@pytest.mark.parametrize(("severity", "command"), [("error", "error"), ("warning", "warning"), ("note", "notice")])
def test_github_commands(severity, command):
    out = one("x", "x")
    out.diagnostics[0].severity = severity
    assert render(out, "github").startswith(f"::{command} ")


def test_github_can_always_be_encoded():
    render(one("x", "x", name="\udcff.asl", message="\ud800"), "github").encode()
