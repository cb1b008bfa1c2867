"""JUnit's XML, which every CI shows as test results: a suite for each file, a failed test for each finding.

There is no one definition of the format. This is what the schema of Jenkins' xUnit plug-in (junit-10.xsd) takes.
"""

from __future__ import annotations

from asllint.report.characters import one_line, xml
from asllint.result import CRASH_CODE, Diagnostic, Report


def render_junit(report: Report) -> str:
    """Return the findings that are shown, and a passed test for each file without any, in ASCII."""
    suites = []
    tests = failures = errors = 0
    for file, found in report.by_file().items():
        # a test that could not run is an error, not a failure
        crashed = sum(d.code == CRASH_CODE for d in found)
        cases = [line for d in found for line in _case(d)] or [
            f'    <testcase name="no findings" classname="{xml(file)}"/>'
        ]
        count = len(found) or 1
        suites += [
            f'  <testsuite name="{xml(file)}" tests="{count}" failures="{len(found) - crashed}" errors="{crashed}">',
            *cases,
            "  </testsuite>",
        ]
        tests, failures, errors = tests + count, failures + len(found) - crashed, errors + crashed
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="asllint" tests="{tests}" failures="{failures}" errors="{errors}">',
        *suites,
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(d: Diagnostic) -> list[str]:
    line, column = d.position
    # the place makes the name one of its own, and CI systems tell tests apart by it
    name = f"{d.code} {d.name} at {d.pointer or '/'} ({line}:{column})"
    message = xml(one_line(d.full_message))
    kind = "error" if d.code == CRASH_CODE else "failure"
    where = xml(f"{d.file}:{line}:{column}: {d.code} {d.severity}")
    return [
        f'    <testcase name="{xml(name)}" classname="{xml(d.file)}">',
        f'      <{kind} type="{d.severity}" message="{message}">{where} {message}</{kind}>',
        "    </testcase>",
    ]
