"""Each format on one report with every feature."""

import json

import pytest
from report_sample import RULES, report

from asllint import __version__
from asllint.report import FORMATS, render


def masked(text):
    return text.replace(f'"{__version__}"', '"VERSION"')


@pytest.mark.parametrize("format", [f for f in FORMATS if f != "sarif"])
def test_plain(format, snapshot):
    assert masked(render(report(), format, rules=RULES)) == snapshot


@pytest.mark.parametrize("root", [None, "/home/user/a repository"])
def test_sarif(root, snapshot):
    text = masked(render(report(), "sarif", rules=RULES, root=root))
    assert json.dumps(json.loads(text), indent=1, ensure_ascii=False) == snapshot


def test_full_with_everything(snapshot):
    assert render(report(), "full", verbose=True, color=True) == snapshot


def test_full_in_ascii(snapshot):
    assert render(report(), "full", unicode=False, width=60) == snapshot


@pytest.mark.parametrize("format", FORMATS)
def test_twice_is_the_same(format):
    assert render(report(), format, rules=RULES) == render(report(), format, rules=RULES)


@pytest.mark.parametrize("format", FORMATS)
def test_whole_lines_or_nothing(format):
    text = render(report(), format, rules=RULES)
    assert text.endswith("\n") and not text.endswith("\n\n")


@pytest.mark.parametrize("format", ["full", "concise", "github", "markdown"])
def test_ascii_where_nothing_else_can_be_encoded(format):
    assert render(report(), format, unicode=False, verbose=True).isascii()
    assert not render(report(), format).isascii()


@pytest.mark.parametrize("format", ["json", "jsonl", "sarif", "gitlab", "junit", "rdjson", "checkstyle"])
def test_machine_formats_are_always_ascii(format):
    assert render(report(), format, rules=RULES).isascii()


def test_unknown_format():
    with pytest.raises(ValueError, match="xml"):
        render(report(), "xml")
