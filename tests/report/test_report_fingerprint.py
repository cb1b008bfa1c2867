"""GitHub's line hash."""

import pytest

from asllint.report.fingerprint import line_hashes
from asllint.source.text import Text

# What GitHub's own action answers (github/codeql-action, src/fingerprints.test.ts)
GREETINGS = " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n"
GREETINGS_HASHES = [
    "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
]  # fmt: skip
KNOWN = {
    "": ["c129715d7a2bc9a3:1"],
    " a\nb\n  \t\tc\n d": ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
    GREETINGS: GREETINGS_HASHES,
    GREETINGS.replace("\n", "\r"): GREETINGS_HASHES,
    GREETINGS.replace("\n", "\r\n"): GREETINGS_HASHES,
    " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n": GREETINGS_HASHES,
    "Lorem ipsum dolor sit amet.\n" * 10: [
        *(f"a7f2ff13bc495cf2:{i}" for i in range(1, 7)),
        "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1",
    ],
}  # fmt: skip


def hashes(content, **how):
    text = Text("a", content, **how)
    found = line_hashes(text, range(1, text.line_count + 1))
    return [found[line] for line in range(1, text.line_count + 1)]


@pytest.mark.parametrize(("content", "expected"), KNOWN.items())
def test_known(content, expected):
    assert hashes(content) == expected


def rolling(units):
    """The hash as it is described: a window that rolls over UTF-16 units, the first of which starts the line."""
    value = 0
    for unit in (units + [65535] + [0] * 100)[:100]:
        value = (value * 37 + unit) % 2**64
    return f"{value:x}:1"


@pytest.mark.parametrize(
    ("content", "units"),
    [
        ("a😀b", [97, 0xD83D, 0xDE00, 98]),
        ("é\u00a0x", [0xE9, 0xA0, 0x78]),
        ("\ud800", [0xD800]),
        ("x" * 150, [120] * 150),
    ],
)
def test_units_are_those_of_utf16(content, units):
    assert hashes(content) == [rolling(units)]


def test_a_line_behind_one_outside_of_the_basic_plane():
    assert hashes("😀😀\nab")[1] == rolling([97, 98])


def test_a_byte_order_mark_counts():
    assert hashes("ab", bom=True) == [rolling([0xFEFF, 97, 98])]


def test_only_the_lines_asked_for():
    text = Text("a", "a\nb\nc")
    assert list(line_hashes(text, {2})) == [2]
    assert line_hashes(text, ()) == {}
    assert line_hashes(text, {2})[2] == hashes("a\nb\nc")[1]
