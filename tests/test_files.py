"""Globs against a plain matcher and against git; the walk; content."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asllint import files
from asllint.files import File, Found, Globs, ReadError, find, looks_like_asl, translate
from asllint.settings import SettingsFinder

MACHINE = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'


def matches(pattern: str, path: str) -> bool:
    return re.compile(translate(pattern), re.DOTALL).fullmatch(path) is not None


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("foo", ["foo", "a/foo", "a/b/foo", "foo/"], ["foob", "foo/a", "afoo"]),
        ("foo/", ["foo/", "a/foo/"], ["foo", "a/foo"]),
        ("/foo", ["foo", "foo/"], ["a/foo"]),
        ("a/foo", ["a/foo", "a/foo/"], ["b/a/foo", "a/b/foo"]),
        ("*.json", ["x.json", "a/b/.json"], ["x.jsonl", "x.json/y"]),
        ("a/*", ["a/b", "a/b/"], ["a/", "a/b/c"]),
        ("a/**", ["a/b", "a/b/c", "a/b/"], ["a/", "a", "b/a/c"]),
        ("**/a", ["a", "x/a", "x/y/a"], ["xa", "a/x"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "x/a/b"]),
        ("a/**/b/**/c", ["a/b/c", "a/b/b/c", "a/x/b/y/c"], ["a/c", "a/b"]),
        ("a**b", ["ab", "axxb", "z/axb"], ["a/b"]),
        ("?", ["a", "x/a"], ["ab"]),
        ("[a-c]x", ["ax", "bx"], ["dx", "-x"]),
        ("[!a-c]x", ["dx", "]x"], ["ax", "a/x"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[\\]]", ["]"], ["\\"]),
        ("[z-a]", [], ["z", "a"]),
        ("\\*", ["*"], ["a"]),
        ("\\!x", ["!x"], ["x"]),
        ("a.b", ["a.b"], ["axb"]),
        ("/", [], ["a", "/"]),
        ("", [], ["", "a"]),
        ("a//", [], ["a/", "a"]),
        ("*\n", ["a\n"], ["a"]),
    ],
)
def test_translate(pattern: str, yes: list[str], no: list[str]) -> None:
    assert [path for path in yes if not matches(pattern, path)] == []
    assert [path for path in no if matches(pattern, path)] == []


@pytest.mark.parametrize("pattern", ["a[", "a[b", "[!", "[]", "x\\", "a[b/c]", "[a-"])
def test_translate_refuses(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"not closed|backslash"):
        translate(pattern)
    with pytest.raises(ValueError, match="is no glob"):
        Globs([pattern], "/r")
    assert Globs([pattern], "/r", lenient=True).verdict("/r/" + pattern, False) is None


def test_translate_takes_no_exponential_time() -> None:
    assert not matches("*a" * 60 + "b", "a" * 250)
    assert not matches("/".join(["**/a"] * 30) + "/b", "a/" * 200 + "c")


def slow_segment(pattern: str, name: str) -> bool:
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(slow_segment(pattern[1:], name[i:]) for i in range(len(name) + 1))
    return bool(name) and pattern[0] in ("?", name[0]) and slow_segment(pattern[1:], name[1:])


def slow_segments(patterns: list[str], names: list[str]) -> bool:
    if not patterns:
        return not names
    if len(patterns[0]) > 1 and not patterns[0].strip("*"):
        if len(patterns) == 1:
            return bool(names)
        return any(slow_segments(patterns[1:], names[i:]) for i in range(len(names) + 1))
    return bool(names) and slow_segment(patterns[0], names[0]) and slow_segments(patterns[1:], names[1:])


def slow(pattern: str, path: str) -> bool:
    if pattern.endswith("/"):
        if not path.endswith("/"):
            return False
        pattern = pattern[:-1]
    names = path.removesuffix("/").split("/")
    if "/" not in pattern:
        return bool(pattern) and slow_segment(pattern, names[-1])
    return slow_segments(pattern.removeprefix("/").split("/"), names)


NAME = st.text("ab", min_size=1, max_size=3)
PATHS = st.builds(
    lambda names, end: "/".join(names) + end, st.lists(NAME, min_size=1, max_size=5), st.sampled_from(["", "/"])
)
SEGMENT = st.one_of(st.just("**"), st.text("ab*?", min_size=1, max_size=5))
PATTERNS = st.builds(
    lambda start, segments, end: start + "/".join(segments) + end,
    st.sampled_from(["", "/"]),
    st.lists(SEGMENT, min_size=1, max_size=5),
    st.sampled_from(["", "/"]),
)


@settings(max_examples=1000, deadline=None)
@given(PATTERNS, st.lists(PATHS, min_size=1, max_size=5))
def test_translate_is_what_a_plain_matcher_says(pattern: str, paths: list[str]) -> None:
    for path in paths:
        assert matches(pattern, path) == slow(pattern, path), (pattern, path)


@settings(max_examples=500, deadline=None)
@given(st.text("ab*?[]!^-\\/ .é", max_size=12), PATHS)
def test_translate_never_fails_otherwise(pattern: str, path: str) -> None:
    try:
        source = translate(pattern)
    except ValueError:
        return
    re.compile(source, re.DOTALL).fullmatch(path)
    assert re.compile(source).groups == 0


def test_globs_order_and_base() -> None:
    globs = Globs(["*.json", "!keep.json", "sub/keep.json"], "/r")
    assert globs.verdict("/r/a.json", False) is True
    assert globs.verdict("/r/keep.json", False) is False
    assert globs.verdict("/r/sub/keep.json", False) is True
    assert globs.verdict("/r/a.yaml", False) is None
    # outside of the base: names count, places do not
    assert globs.verdict("/else/a.json", False) is True
    assert globs.verdict("/sub/keep.json", False) is False


def test_globs_plain_names() -> None:
    globs = Globs(["build", "out/", "/top", "*.x"], "/r")
    assert globs.verdict("/r/a/build", False) is True
    assert globs.verdict("/r/a/out", True) is True
    assert globs.verdict("/r/a/out", False) is None
    assert globs.verdict("/r/top", False) is True
    assert globs.verdict("/r/a/top", False) is None


def test_globs_cover_what_is_in_a_directory() -> None:
    assert Globs(["express/"], "/r").covers("/r/a/express/b/c.json")
    assert not Globs(["express/"], "/r").covers("/r/a/express")
    assert Globs(["a/*.json"], "/r").covers("/r/a/x.json")
    assert not Globs(["a/*.json"], "/r").covers("/r/a/b/x.json")
    assert not Globs(["r"], "/r").covers("/r/a/x.json")  # what lies above the base does not count
    mixed = Globs(["a/**", "!a/old.json"], "/r")
    assert mixed.covers("/r/a/new.json")
    assert not mixed.covers("/r/a/old.json")


# -- git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = tmp_path.resolve() / "repo"
    root.mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


def tree(root: Path, paths: list[str]) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(MACHINE)


def not_ignored(root: Path, paths: list[str]) -> list[str]:
    """Return the paths that git itself does not ignore."""
    out = subprocess.run(
        ["git", "-c", "core.excludesFile=", "check-ignore", "--stdin", "-z"],
        cwd=root,
        input="\0".join(paths).encode(),
        capture_output=True,
        check=False,
    )
    assert out.returncode in (0, 1), out.stderr
    return sorted(set(paths) - set(out.stdout.decode().split("\0")))


TREE = [
    "a.json", "b.json", "keep.json", "#x.json", "!y.json", "trail .json", "sub/a.json", "sub/b.json", "sub/keep.json",
    "sub/deep/a.json", "sub/deep/b.json", "sub/deep/er/c.json", "out/a.json", "sub/out/a.json", "logs/a.json",
    "logs/x/y/z.json", "logs/keep/a.json", "docs/x/gen/a.json", "docs/gen/a.json", "d.json/e.json", "[q].json",
]  # fmt: skip


@pytest.mark.parametrize(
    "ignores",
    [
        {".gitignore": "a.json\n"},
        {".gitignore": "/a.json\nout/\n"},
        {".gitignore": "*.json\n!keep.json\n"},
        {".gitignore": "# comment\n\\#x.json\n\\!y.json\n\n"},
        {".gitignore": "trail\\ .json  \nb.json   \n"},
        {".gitignore": "sub/*\n!sub/deep\n"},
        {".gitignore": "sub/\n!sub/a.json\n"},  # what is in an ignored directory cannot be taken back
        {".gitignore": "docs/**/gen\nlogs/**\n!logs/keep/\n"},
        {".gitignore": "**/deep/*.json\n"},
        {".gitignore": "*.json/\n\\[q\\].json\n"},
        {".gitignore": "a.json\r\n/sub/b.json\r\n"},
        {".gitignore": "\ufeffa.json\n"},
        {".gitignore": "a.json\n", "sub/.gitignore": "!a.json\n/b.json\n"},
        {"sub/.gitignore": "*\n!/deep/\n!b.json\n", "sub/deep/.gitignore": "!*.json\n"},
        {".git/info/exclude": "a.json\nlogs/\n", ".gitignore": "!sub/a.json\n"},
        {".gitignore": "broken[\nb.json\n/\n//\n**\\\n"},
        {".gitignore": "[a-b].json\n"},
        {".gitignore": "[!ab].json\nl*s/x\n?ut\n"},
    ],
    ids=lambda each: " + ".join(repr(text) for text in each.values()),
)
def test_gitignore_as_git_reads_it(repository: Path, ignores: dict[str, str]) -> None:
    tree(repository, TREE)
    for path, text in ignores.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_bytes(text.encode())
    found = find(["."], SettingsFinder(isolated=True, cwd=str(repository)))
    assert [file.path for file in found.files] == not_ignored(repository, TREE)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.builds(lambda no, pattern: no + pattern, st.sampled_from(["", "", "!"]), PATTERNS), max_size=4))
def test_gitignore_against_git(tmp_path_factory: pytest.TempPathFactory, patterns: list[str]) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = tmp_path_factory.getbasetemp().resolve() / "random"
    if not root.exists():
        root.mkdir()
        subprocess.run(["git", "init", "-q", str(root)], check=True)
    paths = ["a/x.json", "a/b/x.json", "b/ab/a/x.json", "ab/a/b/ba/x.json", "x.json", "bb/a.json", "a/aa/b/b.json"]
    tree(root, paths)
    (root / ".gitignore").write_text("\n".join(patterns) + "\n")
    found = find(["."], SettingsFinder(isolated=True, cwd=str(root)))
    assert [file.path for file in found.files] == not_ignored(root, paths), patterns


def test_gitignore_above_counts_up_to_the_root_of_the_repository(repository: Path) -> None:
    tree(repository, ["a/b/x.json", "a/b/y.json", "a/b/z.json"])
    (repository.parent / ".gitignore").write_text("z.json\n")
    (repository / ".gitignore").write_text("x.json\n")
    (repository / "a" / ".gitignore").write_text("y.json\n!x.json\n")
    assert paths_of(find(["a/b"], finder(repository))) == ["a/b/x.json", "a/b/z.json"]


def test_a_repository_inside_has_its_own_ignores(repository: Path) -> None:
    tree(repository, ["inner/x.json", "inner/y.json", "x.json"])
    (repository / ".gitignore").write_text("x.json\n")
    subprocess.run(["git", "init", "-q", str(repository / "inner")], check=True)
    (repository / "inner" / ".gitignore").write_text("y.json\n")
    assert paths_of(find(["."], finder(repository))) == ["inner/x.json"]


def test_gitignore_can_be_left_aside(repository: Path) -> None:
    tree(repository, ["x.json"])
    (repository / ".gitignore").write_text("x.json\n")
    (repository / "asllint.toml").write_text("respect-gitignore = false\n")
    assert paths_of(find(["."], SettingsFinder(cwd=str(repository), use_cache=False))) == ["x.json"]


# -- the walk


def finder(cwd: Path) -> SettingsFinder:
    return SettingsFinder(isolated=True, cwd=str(cwd))


def paths_of(found: Found) -> list[str]:
    return [file.path for file in found.files]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path.resolve()


def test_by_name_and_by_content(folder: Path) -> None:
    tree(folder, ["m.json", "dir/m.yaml", "dir/M.YML", "x.txt", "node_modules/m.json", "dir/build/m.json"])
    named = ["a.asl", "b.asl.json", "c.asl.yaml", "d.ASL.YML", "e.asl.json.tpl", "f.asl.tftpl", "g.asl.yaml.J2"]
    for name in (*named, "other.json", "other.yaml", "other.json.tpl", "x.tpl", "b.asl.json.bak"):
        (folder / name).write_text("{}")
    tree(folder, ["m.json.tpl"])
    found = find(["."], finder(folder))
    assert paths_of(found) == sorted([*named, "dir/M.YML", "dir/m.yaml", "m.json"])
    assert [file.path for file in found.files if file.judged] == named
    assert not any(file.explicit for file in found.files)
    assert (found.warnings, found.missing) == ([], [])


def test_paths_are_spelled_as_they_are_given(folder: Path) -> None:
    tree(folder, ["a/x.json", "b/y.json"])
    inside = finder(folder / "a")
    assert paths_of(find([".."], inside)) == ["../a/x.json", "../b/y.json"]
    assert paths_of(find(["./../b/", "."], inside)) == ["../b/y.json", "x.json"]
    assert paths_of(find([str(folder / "b")], inside)) == [f"{folder}/b/y.json"]
    assert paths_of(find(["./x.json"], inside)) == ["x.json"]


def test_each_file_once(folder: Path) -> None:
    tree(folder, ["a/x.json"])
    found = find([".", "a", "./a/x.json", str(folder / "a/x.json")], finder(folder))
    assert [(file.path, file.explicit) for file in found.files] == [("a/x.json", True)]


def test_named_files_are_always_in_the_list(folder: Path) -> None:
    tree(folder, ["node_modules/x.json"])
    (folder / "notes.txt").write_text("no machine")
    found = find(["node_modules/x.json", "notes.txt"], finder(folder))
    assert [(file.path, file.explicit, file.judged) for file in found.files] == [
        ("node_modules/x.json", True, False),
        ("notes.txt", True, False),
    ]
    assert paths_of(find(["node_modules"], finder(folder))) == ["node_modules/x.json"]
    assert paths_of(find(["node_modules/x.json", "notes.txt", "node_modules"], finder(folder), force_exclude=True)) == [
        "notes.txt"
    ]


def test_exclude_and_include(folder: Path) -> None:
    tree(folder, ["a/x.json", "a/old/y.json", "b/x.json", "b/x.tpl", "node_modules/x.json", "b/inner/skip.json"])
    (folder / "asllint.toml").write_text('extend-exclude = ["old", "/b/*.json"]\n')
    (folder / "b" / "inner" / ".asllint.toml").write_text('exclude = ["skip.json"]\n')

    def run() -> list[str]:
        return paths_of(find(["."], SettingsFinder(cwd=str(folder), use_cache=False)))

    assert run() == ["a/x.json"]
    (folder / "asllint.toml").write_text('exclude = ["a"]\ninclude = ["*.tpl", "node_modules/"]\n')
    assert run() == ["b/x.tpl", "node_modules/x.json"]


def test_missing_and_empty(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "x.json").write_text("{}")
    found = find(["nowhere", "x.json/y", "a\0b", "empty"], finder(folder))
    assert found.missing == ["nowhere", "x.json/y", "a\0b"]
    assert found.warnings == ["No ASL files found under `empty`."]
    assert found.files == []


def test_standard_input(folder: Path) -> None:
    [file] = find(["-", "-"], finder(folder)).files
    assert (file.path, file.explicit, file.judged) == ("<stdin>", True, True)
    [named] = find(["-"], finder(folder), stdin_filename="a/b.json").files
    assert (named.path, named.full, named.judged) == ("a/b.json", "-", False)
    [named] = find(["-"], finder(folder), stdin_filename="a/b.asl.json").files
    assert named.judged


def test_links(folder: Path) -> None:
    tree(folder, ["real/x.json", "real/y.json"])
    (folder / "real" / "loop").symlink_to(folder)
    (folder / "other").symlink_to(folder / "real")
    (folder / "a-link.json").symlink_to(folder / "real" / "y.json")
    (folder / "away.json").symlink_to(folder / "nowhere.json")
    (folder / "self.json").symlink_to(folder / "self.json")
    outside = folder.parent / (folder.name + "-outside.json")
    outside.write_text(MACHINE)
    (folder / "outside.json").symlink_to(outside)
    found = find(["."], finder(folder))
    # a link to a file is read, but not where the file itself is in the list; one to a directory is not entered
    assert paths_of(found) == ["outside.json", "real/x.json", "real/y.json"]
    assert paths_of(find(["other"], finder(folder))) == ["other/x.json", "other/y.json"]
    assert paths_of(find(["other", "real"], finder(folder))) == ["other/x.json", "other/y.json"]
    assert paths_of(find(["a-link.json", "."], finder(folder))) == ["a-link.json", "outside.json", "real/x.json"]
    broken = find(["away.json", "self.json"], finder(folder))
    assert broken.missing == ["away.json"]
    with pytest.raises(ReadError, match="symbolic links"):
        broken.files[0].read()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_no_regular_file(folder: Path) -> None:
    os.mkfifo(folder / "pipe.asl")
    for path in ("pipe.asl", "/dev/zero"):
        [file] = find([path], finder(folder)).files
        with pytest.raises(ReadError, match="not a regular file"):
            file.read()
    assert find(["."], finder(folder)).files == []
    with pytest.raises(ReadError, match="directory"):
        files.read(str(folder))


def test_what_may_not_be_read(folder: Path) -> None:
    tree(folder, ["a.json", "b/c.json"])
    (folder / "a.json").chmod(0)
    if os.access(folder / "a.json", os.R_OK):
        pytest.skip("whoever runs this may read everything")
    (folder / "b").chmod(0)
    try:
        found = find(["."], finder(folder))
    finally:
        (folder / "b").chmod(0o700)
    assert [warning.split("`")[1] for warning in sorted(found.warnings)][:2] == ["a.json", "b"]
    with pytest.raises(ReadError, match=r"Permission denied\."):
        find(["a.json"], finder(folder)).files[0].read()


def test_a_directory_that_cannot_be_read_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(folder, ["a/x.json", "b/x.json"])
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("/b"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find(["."], finder(folder))
    assert paths_of(found) == ["a/x.json"]
    assert found.warnings == ["Cannot read the directory `b`: Permission denied."]


def test_huge_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(folder, ["x.json", "x.asl"])
    monkeypatch.setattr(files, "_MAX_BY_CONTENT", 10)
    found = find(["."], finder(folder))
    assert paths_of(found) == ["x.asl"]
    with pytest.raises(ReadError, match="larger than 0 MB"):
        files.read(str(folder / "x.asl"), 10)


def test_content_is_read_once_and_then_let_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(folder, ["x.json", "y.json"])
    found = find(["."], finder(folder))
    calls: list[str] = []
    original: Callable[[str], bytes] = files.read

    def counted(path: str) -> bytes:
        calls.append(path)
        return original(path)

    monkeypatch.setattr(files, "read", counted)
    assert [file.read() for file in found.files] == [MACHINE.encode()] * 2
    assert calls == []
    assert found.files[0].read() == MACHINE.encode()
    assert calls == [f"{folder}/x.json"]


def test_little_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(folder, ["x.json", "y.json"])
    monkeypatch.setattr(files, "_MAX_KEPT", len(MACHINE))
    found = find(["."], finder(folder))
    assert [file._data is None for file in found.files].count(False) == 1
    assert [file.read() for file in found.files] == [MACHINE.encode()] * 2


def test_names_that_are_not_utf8(folder: Path) -> None:
    raw = os.fsencode(str(folder)) + b"/\xff.asl.json"
    try:
        with open(raw, "wb") as stream:
            stream.write(b"{}")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    [file] = find(["."], finder(folder)).files
    assert isinstance(file, File)
    assert file.read() == b"{}"


@pytest.mark.parametrize(
    "text",
    [
        MACHINE,
        "StartAt: A\nStates:\n  A:\n    Type: Pass\n",
        "{StartAt: A, States: {}}",
        "'StartAt' : A\n\"States\" :\n",
        "Comment: x\r\nStartAt: A\r\nStates: {}\r\n",
        '{"Nested": ' + MACHINE + "}",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_looks_like_asl(text: str, encoding: str) -> None:
    assert looks_like_asl(text.encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"StartAt": "A"}',
        '{"a": "StartAt", "b": "States"}',
        '{"MyStartAt": 1, "AllStates": {}}',
        '{"Definition": "{\\"StartAt\\": \\"A\\", \\"States\\": {}}"}',
        '{"Comment": "StartAt and States"}',
        "\0",
    ],
)
def test_does_not_look_like_asl(text: str) -> None:
    assert not looks_like_asl(text.encode())
