from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.source import decode, language_of, read
from asllint.source.placeholders import Placeholders

ROOT = Path(__file__).parents[2]
TEXT = '{"Comment": "é 😀", "StartAt": "A"}\r\n'


def test_utf8() -> None:
    text, problems = decode("a.json", TEXT.encode())
    assert (text.name, text.content, text.bom, problems) == ("a.json", TEXT, False, [])


def test_utf8_with_a_mark() -> None:
    text, problems = decode("a.json", TEXT.encode("utf-8-sig"))
    assert (text.content, text.bom, problems) == (TEXT, True, [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_with_a_mark(encoding: str) -> None:
    text, problems = decode("a.json", ("\ufeff" + TEXT).encode(encoding))
    assert (text.content, text.bom) == (TEXT, True)
    (problem,) = problems
    assert (problem.kind, problem.start, problem.end, problem.fatal) == ("not-utf8", 0, 1, False)
    assert encoding[:6].upper() in problem.message
    assert "UTF-8" in problem.message


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding: str) -> None:
    text, problems = decode("a.json", TEXT.encode(encoding))
    assert (text.content, text.bom) == (TEXT, False)
    assert [p.kind for p in problems] == ["not-utf8"]


def test_a_bad_byte_is_placed_in_code_points() -> None:
    data = '{"é": "'.encode() + b"caf\xe9 \xff" + b'"}'
    document = read("a.json", data)
    (problem,) = document.problems
    assert (problem.kind, problem.start, problem.end) == ("not-utf8", 10, 11)
    assert "0xE9" in problem.message
    assert document.text.content[10] == "\ufffd"
    assert document.root is not None
    value = document.root.get("é")
    assert value is not None
    assert value.text == "caf\ufffd \ufffd"


def test_a_character_cut_off_at_the_end() -> None:
    text, problems = decode("a.json", '{"a": "é'.encode()[:-1])
    assert text.content == '{"a": "\ufffd'
    assert [(p.start, p.end) for p in problems] == [(7, 8)]


@pytest.mark.parametrize(
    "data", [bytes(100), b"\x7fELF\x02\x01\x01\x00\x00" + bytes(range(256)), b"PK\x03\x04\x00\xff"]
)
def test_what_is_no_text(data: bytes) -> None:
    document = read("a.json", data)
    assert document.root is None
    assert document.text.content == ""
    (problem,) = document.problems
    assert (problem.kind, problem.fatal) == ("binary", True)


def test_one_nul_is_a_control_character() -> None:
    document = read("a.json", b'{"a": "long enough\x00 to be text"}')
    assert [p.kind for p in document.problems] == ["control-character"]


@pytest.mark.parametrize(
    ("name", "content", "language"),
    [
        ("a.json", "Type: Pass", "json"),
        ("A.ASL.JSON", "", "json"),
        ("a.jsonc", "", "json"),
        ("a.yaml", "{}", "yaml"),
        ("a.asl.yml", "{}", "yaml"),
        ("a.asl", "\n\t {}", "json"),
        ("a.asl", "[1]", "json"),
        ("a.asl", "// note\n{}", "json"),
        ("a.asl", "StartAt: A", "yaml"),
        ("a.asl", "# note\nStartAt: A", "yaml"),
        ("<stdin>", "", "yaml"),
        ("a.json.j2", "{% set x %}", "json"),
        ("A.JSON.TPL", "a: 1", "json"),
        ("a.asl.yaml.tftpl", "{}", "yaml"),
        ("a.asl.tmpl", "{}", "json"),
        ("a.yaml.bak", "{}", "json"),
    ],
)
def test_language(name: str, content: str, language: str) -> None:
    assert language_of(name, content) == language


def test_read_json() -> None:
    document = read("a.asl", b'\xef\xbb\xbf {"a": "@@x@@",}', placeholders=Placeholders(["@@.*@@"]))
    assert (document.language, document.text.bom) == ("json", True)
    assert [p.kind for p in document.problems] == ["trailing-comma"]
    assert document.root is not None
    value = document.root.get("a")
    assert value is not None
    assert value.holes == ((0, 5),)
    assert (value.start, value.end) == (7, 14)


def test_the_problems_of_the_encoding_come_first() -> None:
    document = read("a.json", ('\ufeff{"a": 1,}').encode("utf-16-le"))
    assert [p.kind for p in document.problems] == ["not-utf8", "trailing-comma"]


def test_read_yaml_and_a_language_given() -> None:
    pytest.importorskip("asllint.source.yaml")
    document = read("a.asl", b"StartAt: A\n")
    assert document.language == "yaml"
    assert document.root is not None
    start = document.root.get("StartAt")
    assert start is not None
    assert start.text == "A"
    assert read("a.yaml", b'{"a": 1}', language="json").language == "json"


def test_json_does_not_load_the_yaml_reader_or_the_json_module() -> None:
    code = (
        "import sys; from asllint.source import read; read('a.json', b'{\"a\": \"\\\\u0041\"}');"
        "print([m for m in ('yaml', 'asllint.source.yaml', 'json', 'typing_extensions', 'dataclasses') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    document = read("a.json", data)
    for problem in document.problems:
        assert 0 <= problem.start <= problem.end <= len(document.text.content)
