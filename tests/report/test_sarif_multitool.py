"""Microsoft's SARIF multitool, with the rules of the standard and those of GitHub, on our SARIF."""

import json
import os
import platform
import shutil
import subprocess

import pytest
from report_sample import RULES, report

from asllint.report.sarif import SCHEMA, render_sarif

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.path.join(ROOT, "node_modules", "@microsoft", "sarif-multitool-linux")


def tool():
    """The binary (not npm's wrapper, whose shell splits the list of rules), or None."""
    path = os.environ.get("ASLLINT_SARIF_MULTITOOL") or os.path.join(PACKAGE, "Sarif.Multitool")
    return path if shutil.which(path) else None


TOOL = tool()
pytestmark = pytest.mark.skipif(
    TOOL is None or platform.system() != "Linux",
    reason="no SARIF multitool: npm install @microsoft/sarif-multitool-linux, or set ASLLINT_SARIF_MULTITOOL",
)

# What we cannot mend, and why
ACCEPTED = {
    "SARIF2005": "`informationUri` is the address of the tool's pages, and the project has no home to give",
}


def validate(tmp_path, text):
    """Return the (rule, level) of each result: the exit status is 0 whatever it found."""
    given, answer = tmp_path / "given.sarif", tmp_path / "answer.sarif"
    given.write_text(text, encoding="utf-8")
    # invariant: the binary wants ICU for anything else, and a container may have none
    done = subprocess.run(
        [TOOL, "validate", given, "--output", answer, "--rule-kind", "Sarif;Ghas", "--log", "ForceOverwrite"],
        capture_output=True,
        text=True,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    assert answer.exists(), done.stdout + done.stderr
    run = json.loads(answer.read_text(encoding="utf-8-sig"))["runs"][0]
    assert run["invocations"][0]["executionSuccessful"], done.stdout
    assert not run["invocations"][0].get("toolExecutionNotifications"), done.stdout
    return {(r["ruleId"], r.get("level", "warning")) for r in run["results"]}


def test_the_validator_sees_what_is_missing(tmp_path):
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": []}]}
    assert ("GH1018", "error") in validate(tmp_path, json.dumps(log))


@pytest.mark.parametrize("root", [None, "/home/user/a repository"])
def test_nothing_is_wrong_with_a_report_with_every_feature(tmp_path, root):
    text, _ = render_sarif(report(), rules=RULES, root=root)
    found = validate(tmp_path, text)
    assert not {rule for rule, level in found if level == "error"}
    assert {rule for rule, _ in found} == set(ACCEPTED)


def test_the_schema_of_the_standard():
    path = os.path.join(os.path.dirname(TOOL), "sarif-2.1.0.json")
    if not os.path.exists(path):
        pytest.skip("this multitool comes without the schema")
    import jsonschema

    with open(path, encoding="utf-8-sig") as file:
        validator = jsonschema.validators.validator_for(schema := json.load(file))(schema)
    assert not validator.is_valid({"version": "2.1.0"})
    validator.validate(json.loads(render_sarif(report(), rules=RULES)[0]))
