"""SARIF 2.1.0 (the OASIS standard), within what GitHub code scanning reads and takes.

The classes of sarif-om give the shape; they neither check nor serialise. Suppressed findings are results with a
suppression, findings that a baseline knows are results with the state "unchanged".
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import zlib
from collections.abc import Mapping, Sequence

import attr
import sarif_om as om

from asllint import __version__
from asllint.report.characters import encodable
from asllint.report.fingerprint import line_hashes
from asllint.report.json import dumps
from asllint.result import Diagnostic, Report, RuleInfo, rule_url
from asllint.rule import SEVERITIES
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT: Final = "%SRCROOT%"

# GitHub refuses a file with more (its documentation, "SARIF results exceed one or more limits" and "SARIF support for
# code scanning"); a result has one location beside the related ones
MAX_RESULTS = 25_000
MAX_RULES = 25_000
MAX_RELATED = 999
MAX_TAGS = 20
MAX_DESCRIPTION = 1_024
MAX_COMPRESSED = 10_000_000
"""Bytes, gzip."""

_PROBLEM_SEVERITY = {"error": "error", "warning": "warning", "note": "recommendation"}
_WORD = re.compile(r"[A-Za-z0-9]+")
_UNRESERVED = frozenset(b"/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_DRIVE = re.compile(r"[A-Za-z]:/")


def render_sarif(
    report: Report, *, rules: Mapping[str, RuleInfo] | None = None, root: str | None = None
) -> tuple[str, list[str]]:
    """Return the log, and a sentence on each thing that was left out of it to keep GitHub's limits.

    rules  by code: all that ran; findings of others get a rule that has no page
    root   the absolute path, with ``/``, of the directory that relative paths start from
    """
    infos = {d.code: RuleInfo(d.code, d.name, d.severity) for d in report.diagnostics} | dict(rules or {})
    notes: list[str] = []
    codes = sorted(infos)[:MAX_RULES]
    writer = _Writer(report, codes, root)
    results = [tree(writer.result(d)) for d in report.diagnostics if d.code in writer.index]
    if len(infos) > MAX_RULES:
        notes.append(
            f"{len(infos) - MAX_RULES} rules were left out, and {len(report.diagnostics) - len(results)} findings with "
            f"them: GitHub takes {MAX_RULES}."
        )
    unrelated = sum(max(0, len(d.related) - MAX_RELATED) for d in report.diagnostics)
    if unrelated:
        notes.append(f"{unrelated} related places were left out: GitHub takes {MAX_RELATED} a result.")
    descriptors = [_descriptor(infos[code]) for code in codes]

    kept = MAX_RESULTS
    while True:
        left_out = len(results) - kept
        said = notes + (
            [
                f"{left_out} of {len(results)} findings were left out of the SARIF log, the least severe first: "
                f"GitHub takes {MAX_RESULTS:,} results and {MAX_COMPRESSED:,} bytes, compressed."
            ]
            if left_out > 0
            else []
        )
        text = _log(report, descriptors, _gravest(results, kept), root, said)
        size = _compressed(text)
        if size <= MAX_COMPRESSED or not kept:
            return text, said
        # in proportion, and a little less: results do not compress alike
        kept = min(kept, len(results)) * MAX_COMPRESSED * 9 // (size * 10)


def tree(value: Any) -> Any:
    """Return the JSON value of an object of sarif-om.

    Fields that have their default are left out, except `level`: consumers differ in what they take its absence for.
    """
    if isinstance(value, dict):
        return {key: tree(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [tree(item) for item in value]
    if not attr.has(type(value)):
        return value
    out = {}
    for field in attr.fields(type(value)):
        item = getattr(value, field.name)
        default = field.default
        if hasattr(default, "factory"):
            default = default.factory()
        if item is None or (item == default and field.name != "level"):
            continue
        name = field.metadata["schema_property_name"]
        if isinstance(value, om.Suppression) and name == "state":
            name = "status"  # as the standard calls it (3.35.3); sarif-om has the name of a draft
        out[name] = tree(item)
    return out


class _Writer:
    """What the results of one log share: the index of rules, the hashes of lines, the counts of fingerprints."""

    __slots__ = ("baseline", "hashes", "index", "root", "seen")

    def __init__(self, report: Report, codes: Sequence[str], root: str | None) -> None:
        self.index = {code: i for i, code in enumerate(codes)}
        self.root = root
        self.baseline = any(d.baselined for d in report.diagnostics)
        self.seen: dict[str, int] = {}
        lines: dict[str, tuple[Text, set[int]]] = {}
        for d in report.diagnostics:
            if d.text:
                lines.setdefault(d.file, (d.text, set()))[1].add(d.position[0])
        self.hashes = {file: line_hashes(text, numbers) for file, (text, numbers) in lines.items()}

    def result(self, d: Diagnostic) -> om.Result:
        """Return a finding as a result."""
        artifact = _artifact(d.file, self.root)
        return om.Result(
            rule_id=d.code,
            rule_index=self.index[d.code],
            level=d.severity,
            message=_message(d),
            locations=[
                om.Location(
                    physical_location=om.PhysicalLocation(
                        artifact_location=artifact, region=_region(d.text, d.start, d.end)
                    ),
                    logical_locations=_logical(d),
                )
            ],
            related_locations=[
                om.Location(
                    id=i,
                    message=om.Message(text=related.message),
                    physical_location=om.PhysicalLocation(
                        artifact_location=artifact, region=_region(d.text, related.start, related.end)
                    ),
                )
                for i, related in enumerate(d.related[:MAX_RELATED], 1)
            ]
            or None,
            partial_fingerprints=self._fingerprints(d),
            suppressions=_suppressions(d),
            baseline_state=("unchanged" if d.baselined else "new") if self.baseline else None,
            fixes=_fixes(d, artifact),
            properties={"rejectedByAws": d.rejected_by_aws, **({"awsCode": d.aws_code} if d.aws_code else {})},
        )

    def _fingerprints(self, d: Diagnostic) -> dict[str, str]:
        key = "\0".join((d.file, d.code, d.pointer)).encode("utf-8", "surrogatepass")
        own = hashlib.sha256(key).hexdigest()[:32]
        self.seen[own] = self.seen.get(own, 0) + 1
        out = {"asllintFingerprint/v1": f"{own}:{self.seen[own]}"}
        if d.text:
            out["primaryLocationLineHash"] = self.hashes[d.file][d.position[0]]
        return out


def _log(
    report: Report,
    descriptors: Sequence[om.ReportingDescriptor],
    results: Sequence[Any],
    root: str | None,
    notes: Sequence[str],
) -> str:
    invocation = om.Invocation(
        execution_successful=not report.failed,
        tool_execution_notifications=[om.Notification(level="warning", message=om.Message(text=n)) for n in notes]
        or None,
    )
    if root is None:
        base = om.ArtifactLocation(
            description=om.Message(text="The directory that the paths start from: the root of the repository.")
        )
    else:
        base = om.ArtifactLocation(uri=_file_uri(posixpath.normpath(root).rstrip("/") + "/"))
        # by which GitHub places files outside of the root, that have absolute addresses
        invocation.working_directory = base
    driver = om.ToolComponent(name="asllint", semantic_version=__version__, rules=descriptors)
    run = om.Run(
        tool=om.Tool(driver=driver),
        invocations=[invocation],
        original_uri_base_ids={ROOT: base},
        column_kind="unicodeCodePoints",
        newline_sequences=["\r\n", "\n", "\r"],
        results=[],
    )
    log = tree(om.SarifLog(version="2.1.0", schema_uri=SCHEMA, runs=[run]))
    log["runs"][0]["results"] = results  # trees already: they are written again when some must be left out
    return dumps(log) + "\n"


def _gravest(results: Sequence[Any], kept: int) -> Sequence[Any]:
    """Return that many results in their order: those that are not hidden before those that are, then by severity."""
    if len(results) <= kept:
        return results

    def rank(i: int) -> tuple[bool, int]:
        result = results[i]
        hidden = "suppressions" in result or result.get("baselineState") == "unchanged"
        return hidden, -SEVERITIES.index(result["level"])

    return [results[i] for i in sorted(sorted(range(len(results)), key=rank)[:kept])]


def _compressed(text: str) -> int:
    if len(text) <= MAX_COMPRESSED:
        return 0
    return len(zlib.compress(text.encode(), wbits=31))


def _descriptor(rule: RuleInfo) -> om.ReportingDescriptor:
    short = rule.short or " ".join(_WORD.findall(rule.name)).capitalize() + "."
    page = rule.page or short
    tags = [rule.group, *rule.tags]
    security = {}
    if rule.security_severity is not None:
        tags.insert(0, "security")
        security = {"security-severity": f"{rule.security_severity:.1f}"}
    tags = list(dict.fromkeys(tag for tag in tags if tag))[:MAX_TAGS]
    return om.ReportingDescriptor(
        id=rule.code,
        name=rule.name,
        short_description=om.MultiformatMessageString(text=_clip(short)),
        full_description=om.MultiformatMessageString(text=_clip(_introduction(page) or short)),
        help=om.MultiformatMessageString(text=page, markdown=page),
        help_uri=rule_url(rule.code, rule.name),
        default_configuration=om.ReportingConfiguration(level=rule.severity),
        properties={
            "tags": tags,
            "precision": rule.precision,
            "problem.severity": _PROBLEM_SEVERITY[rule.severity],
            **security,
        },
    )


def _introduction(page: str) -> str:
    """Return what stands on a page before its first section, in one line, without the list of facts."""
    lines = [line.strip() for line in page.strip().splitlines()]
    while lines and (not lines[0] or lines[0].startswith("# ")):
        del lines[0]
    end = next((i for i, line in enumerate(lines) if line.startswith("#")), len(lines))
    paragraphs = "\n".join(lines[:end]).split("\n\n")
    return " ".join(" ".join(text.split()) for text in paragraphs if text and not text.startswith("- Severity: "))


def _clip(text: str) -> str:
    return text if len(text) <= MAX_DESCRIPTION else text[: MAX_DESCRIPTION - 1] + "…"


def _message(d: Diagnostic) -> om.Message:
    details = d.details.strip()
    return om.Message(text=d.full_message, markdown=f"{d.full_message}\n\n{details}" if details else None)


def _region(text: Text | None, start: int, end: int) -> om.Region:
    line, column = text.position(start) if text else (1, 1)
    end_line, end_column = text.position(end) if text else (1, 1)
    return om.Region(start_line=line, start_column=column, end_line=end_line, end_column=end_column)


def _logical(d: Diagnostic) -> list[om.LogicalLocation] | None:
    if not d.pointer:
        return None
    return [om.LogicalLocation(name=d.state, fully_qualified_name=d.pointer)]


def _suppressions(d: Diagnostic) -> list[om.Suppression] | None:
    if d.suppressed is None:
        return None
    return [om.Suppression(kind="inSource", state="accepted", justification=d.suppressed or None)]


def _fixes(d: Diagnostic, artifact: om.ArtifactLocation) -> list[om.Fix] | None:
    if not d.fix:
        return None
    replacements = [
        om.Replacement(
            deleted_region=_region(d.text, start, end), inserted_content=om.ArtifactContent(text=text) if text else None
        )
        for start, end, text in d.fix.edits
    ]
    return [
        om.Fix(
            description=om.Message(text=d.fix.title),
            artifact_changes=[om.ArtifactChange(artifact_location=artifact, replacements=replacements)],
            properties={"safe": d.fix.safe},
        )
    ]


def _artifact(file: str, root: str | None) -> om.ArtifactLocation:
    path = posixpath.normpath(file)
    if root is not None:
        inside = posixpath.normpath(root).rstrip("/") + "/"
        path = (path if _absolute(path) else posixpath.normpath(inside + path)).removeprefix(inside)
    if _absolute(path):
        return om.ArtifactLocation(uri=_file_uri(path))
    return om.ArtifactLocation(uri=_quoted(path), uri_base_id=ROOT)


def _absolute(path: str) -> bool:
    return path.startswith("/") or bool(_DRIVE.match(path))


def _file_uri(path: str) -> str:
    drive, rest = (path[:2], path[2:]) if _DRIVE.match(path) else ("", path)
    return "file://" + ("/" if drive else "") + drive + _quoted(rest)


def _quoted(path: str) -> str:
    """Return the path percent-encoded (RFC 3986): urllib.parse would cost a third of a bare start for these lines."""
    try:
        # the bytes of a file name that are not UTF-8 come as surrogates (PEP 383) and leave as they were
        encoded = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        encoded = encodable(path).encode()
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in encoded)
