"""The report formats: one module each, imported when its format is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from asllint.result import Report, RuleInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

FORMATS: Final = (
    "full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "checkstyle", "markdown",
)  # fmt: skip
"""The names that `render` takes."""


def render(
    report: Report,
    format: str,  # noqa: A002
    *,
    color: bool = False,
    verbose: bool = False,
    quiet: bool = False,
    rules: Mapping[str, RuleInfo] | None = None,
    root: str | None = None,
    project: str | None = None,
    drawings: Mapping[str, str] | None = None,
    width: int | None = None,
    unicode: bool = True,
) -> str:
    """Return the report as text: nothing, or whole lines.

    color    with SGR sequences (full, concise)
    verbose  with details, AWS's verdict, and the findings that are hidden (full)
    quiet    without the summary (full)
    rules    by code, for the metadata (sarif)
    root     the absolute path of the directory that relative paths start from (sarif, gitlab)
    project  the absolute path of the repository's directory; None: that of `root` (gitlab)
    drawings  by file, the text of a Mermaid flowchart (markdown)
    width    columns of the terminal; None: 120 (full)
    unicode  False: ASCII only, for an output that cannot encode more (full, concise, github, markdown; the
             others are ASCII anyway)

    Raises ValueError for a format that is none of `FORMATS`.
    """
    match format:
        case "full":
            from asllint.report.full import render_full

            return render_full(report, color=color, verbose=verbose, quiet=quiet, width=width, unicode=unicode)
        case "concise":
            from asllint.report.concise import render_concise

            return render_concise(report, color=color, unicode=unicode)
        case "json":
            from asllint.report.json import render_json

            return render_json(report)
        case "jsonl":
            from asllint.report.jsonl import render_jsonl

            return render_jsonl(report)
        case "sarif":
            from asllint.report.sarif import render_sarif

            return render_sarif(report, rules=rules, root=root)[0]
        case "github":
            from asllint.report.github import render_github

            return render_github(report, unicode=unicode)
        case "gitlab":
            from asllint.report.gitlab import render_gitlab

            return render_gitlab(report, root=root, project=project)
        case "junit":
            from asllint.report.junit import render_junit

            return render_junit(report)
        case "rdjson":
            from asllint.report.rdjson import render_rdjson

            return render_rdjson(report)
        case "checkstyle":
            from asllint.report.checkstyle import render_checkstyle

            return render_checkstyle(report)
        case "markdown":
            from asllint.report.markdown import render_markdown

            return render_markdown(report, drawings=drawings, unicode=unicode)
    raise ValueError(f"no such report format: {format}")
