"""`asllint iam`, as it is run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from asllint.cli import main
from asllint.source import read
from tests.aws.test_iam import SEEDS

AT = ["--isolated", "--region", "${AWS::Region}", "--account", "${AWS::AccountId}"]
TRAIN = """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {"TrainingJobName": "j",
    "RoleArn": "arn:aws:iam::123456789012:role/t"}}}}"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.asl.json").write_text(TRAIN, encoding="utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["iam", "--isolated", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def pairs(policy: object) -> set[tuple[str, str, str]]:
    """Return what a policy's statements allow: action, resource, condition."""
    assert isinstance(policy, list)
    out = set()
    for entry in policy:
        for action in [entry["Action"]] if isinstance(entry["Action"], str) else entry["Action"]:
            for where in [entry["Resource"]] if isinstance(entry["Resource"], str) else entry["Resource"]:
                out.add((action, where, json.dumps(entry.get("Condition"))))
    return out


@pytest.mark.parametrize("name", SEEDS)
def test_the_seeds(name: str, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, str(shared / "seeds" / name))
    made = json.loads(out)
    assert status == 0
    assert made["Version"] == "2012-10-17"
    assert pairs(made["Statement"]) == pairs(SEEDS[name])
    assert "--region" in err  # pseudo parameters of CloudFormation are no ARN


def test_the_policy_is_one_that_iam_takes(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "train.asl.json", "--region", "eu-west-1", "--account", "123456789012")
    assert (status, err) == (0, "")
    from asllint.aws.policy import read_policies

    (policy,) = read_policies(read("p.json", out.encode()))
    assert policy.problems == () and len(policy.statements) == 4
    assert "${" not in out


def test_yaml_and_terraform(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!Sub", lambda loader, node: {"Fn::Sub": node.value})
    status, out, err = run(capsys, "train.asl.json", "--format", "yaml")
    assert (status, err) == (0, "")
    (policy,) = yaml.load(out, Loader)
    assert policy["PolicyDocument"]["Version"] == "2012-10-17"
    rule = policy["PolicyDocument"]["Statement"][0]["Resource"]["Fn::Sub"]
    assert rule.startswith("arn:aws:events:${AWS::Region}:${AWS::AccountId}:rule/")
    status, out, err = run(capsys, "train.asl.json", "--format", "terraform")
    assert (status, err) == (0, "")
    assert 'data "aws_iam_policy_document" "execution_role" {' in out
    assert '"arn:aws:events:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:rule/' in out
    assert "AWS::" not in out and out.count("{") == out.count("}")


def test_yaml_holds_any_text(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("train.asl.json", "--partition", "aws", "--region", "r", "--account", "1\u0001\n\u2028'2")
    wanted = json.loads(run(capsys, *options)[1])["Statement"][0]["Resource"]
    assert "1\u0001\n\u2028'2" in wanted
    (policy,) = yaml.safe_load(run(capsys, *options, "--format", "yaml")[1])
    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == wanted


def test_why(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "train.asl.json", "--explain")
    rows = out.splitlines()
    assert status == 0
    assert rows[0] == "| State | Call | Actions | Resources | Why | Without it | Known from |"
    assert len(rows) == 8
    assert all(row.count("|") == 8 for row in rows)
    assert "| Train | sagemaker:createTrainingJob.sync | iam:PassRole |" in out
    assert run(capsys, "train.asl.json", "--format", "text")[1] == out
    made = json.loads(run(capsys, "train.asl.json", "--explain", "--format", "json")[1])
    assert [row["without"] for row in made["needs"]][-1] == "refused at creation"
    assert made["needs"][0]["states"] == ["Train"]


def test_a_long_policy_is_divided(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    states = {
        f"S{i}": {"Type": "Task", "End": True, "Resource": f"arn:aws:lambda:us-east-1:123456789012:function:{i:050}"}
        for i in range(100)
    }
    (here / "long.asl.json").write_text(json.dumps({"StartAt": "S0", "States": states}), encoding="utf-8")
    status, out, err = run(capsys, "long.asl.json")
    made = json.loads(out)
    assert status == 0 and isinstance(made, list) and f"these are {len(made)} policies" in err
    assert all(len(json.dumps(one, separators=(",", ":"))) <= 6144 for one in made)
    for name in ("yaml", "terraform"):
        assert run(capsys, "long.asl.json", "--format", name)[0] == 0


def test_several_definitions_share_a_role(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = TRAIN.replace("createTrainingJob.sync", "createModel").replace("RoleArn", "ExecutionRoleArn")
    (here / "model.asl.json").write_text(other, encoding="utf-8")
    _, out, _ = run(capsys, "train.asl.json", "model.asl.json")
    assert "sagemaker:CreateModel" in out and "sagemaker:CreateTrainingJob" in out
    assert run(capsys, ".")[1] == out


def test_a_role_in_credentials(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    role = "arn:aws:iam::210987654321:role/other"
    text = TRAIN.replace('"End": true', f'"End": true, "Credentials": {{"RoleArn": "{role}"}}')
    (here / "other.asl.json").write_text(text, encoding="utf-8")
    status, out, err = run(capsys, "other.asl.json")
    assert (status, json.loads(out)["Statement"][0]["Action"]) == (0, "sts:AssumeRole")
    assert role in err
    assert "sagemaker:CreateTrainingJob" in run(capsys, "other.asl.json", "--role", role)[1]
    status, _, err = run(capsys, "other.asl.json", "--role", "arn:aws:iam::1:role/x")
    assert status == 2 and role in err


def test_special_cases(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = TRAIN.replace("sagemaker:createTrainingJob.sync", "ecs:runTask")
    (here / "ecs.asl.json").write_text(text, encoding="utf-8")
    _, out, err = run(capsys, "ecs.asl.json")
    assert "iam:PassRole" not in out and "iam:PassRole" in err
    assert "iam:PassRole" in run(capsys, "ecs.asl.json", "--all-cases")[1]


def test_what_is_not_known_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "x.asl.json").write_text(
        TRAIN.replace("arn:aws:states:::sagemaker:createTrainingJob.sync", "${X}"), encoding="utf-8"
    )
    status, out, err = run(capsys, "x.asl.json")
    assert status == 0 and json.loads(out)["Statement"] == []
    assert "x.asl.json:2:15: what `Train` needs is not known" in err


# -- with policies


def policy(here: Path, name: str, *statements: dict[str, object]) -> str:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]}
    (here / name).write_text(json.dumps(document), encoding="utf-8")
    return name


def test_a_policy_that_fits(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--region", "eu-west-1", "--account", "123456789012")
    (here / "p.json").write_text(run(capsys, "train.asl.json", *place)[1], encoding="utf-8")
    status, out, err = run(capsys, "train.asl.json", "--policy", "p.json", *place)
    assert (status, out, err) == (0, "0 missing, 0 open, 0 wider than needed, 0 superfluous.\n", "")


def test_a_policy_that_does_not(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = policy(here, "p.json", {"Action": ["sagemaker:*", "ec2:RunInstances", "iam:PassRole"], "Resource": "*"})
    status, out, _ = run(capsys, "train.asl.json", "--policy", given)
    assert status == 1
    assert out == (
        "Missing: without it, the state machine is refused when it is created\n"
        "  train.asl.json:2:15: Train: events:PutTargets, events:PutRule, events:DescribeRule\n"
        "      on arn:aws:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule\n"
        "\n"
        "iam:PassRole without bounds: name the roles, or test iam:PassedToService\n"
        "  p.json:1:136: *\n"
        "\n"
        "Wider than needed\n"
        "  p.json:1:72: sagemaker:*; needed: sagemaker:CreateTrainingJob, sagemaker:DescribeTrainingJob, sagemaker:StopTrainingJob, sagemaker:ListTags, …\n"
        "\n"
        "Superfluous: nothing in the definition needs these\n"
        "  p.json:1:87: ec2:RunInstances\n"
        "\n"
        "1 missing, 0 open, 1 wider than needed, 1 superfluous.\n"
    )
    made = json.loads(run(capsys, "train.asl.json", "--policy", given, "--format", "json")[1])
    assert [gap["without"] for gap in made["missing"]] == ["refused at creation"]
    assert [one["text"] for one in made["superfluous"]] == ["ec2:RunInstances"]
    assert made["superfluous"][0]["line"] == 1


def test_several_policies_and_a_boundary(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = policy(here, "one.json", {"Action": "sagemaker:*", "Resource": "*"})
    two = policy(here, "two.json", {"Action": ["iam:PassRole", "events:*"], "Resource": "*"})
    boundary = policy(here, "boundary.json", {"Action": "sagemaker:*", "Resource": "*"})
    assert run(capsys, "train.asl.json", "--policy", one)[0] == 1
    assert run(capsys, "train.asl.json", "--policy", one, "--policy", two)[0] == 0
    assert run(capsys, "train.asl.json", "--policy", one, "--policy", two, "--boundary", boundary)[0] == 1


def test_what_is_open(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = policy(
        here, "p.json", {"Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    )
    status, out, _ = run(capsys, "train.asl.json", "--policy", given)
    assert status == 0 and "6 open" in out and "--explain" in out
    assert "aws:SecureTransport" in run(capsys, "train.asl.json", "--policy", given, "--explain")[1]


def test_into_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "train.asl.json", "-o", "out.json")
    assert (status, out) == (0, "") and json.loads((here / "out.json").read_text(encoding="utf-8"))
    assert run(capsys, "train.asl.json", "-o", "no/where.json")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name the definitions"),
        (["nothing.asl.json"], "no such file"),
        (["train.asl.json", "--policy", "nothing.json"], "nothing.json"),
        (["train.asl.json", "--policy", "train.asl.json"], "This is a state machine, not an IAM policy"),
        (["train.asl.json", "--boundary", "p.json"], "--policy"),
        (["train.asl.json", "--policy", "p.json", "--format", "yaml"], "text or json"),
        (["p.json"], "no state machine"),
    ],
)
def test_bad_usage(arguments: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy(here, "p.json", {"Action": "*", "Resource": "*"})
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert said in err


# -- asllint check with policies


def test_check_with_a_policy(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = policy(here, "p.json", {"Action": ["sagemaker:*", "iam:PassRole"], "Resource": "*"})
    status = main(
        [
            "check",
            "--isolated",
            "--select",
            "iam",
            "--ignore",
            "ASL701",
            "--policy",
            given,
            "--output-format",
            "concise",
            "train.asl.json",
        ]
    )
    out = capsys.readouterr().out
    assert status == 1
    assert [line.split()[1] for line in out.splitlines() if "ASL" in line] == ["ASL704", "ASL705", "ASL702"]


def test_a_policy_by_configuration(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy(here, "p.json", {"Action": "sagemaker:*", "Resource": "*"})
    policy(here, "more.json", {"Action": ["iam:PassRole", "events:*"], "Resource": "*"})
    arguments = ["check", "--select", "ASL702", "--output-format", "concise", "train.asl.json"]
    (here / "asllint.toml").write_text('[policy]\n"*.asl.json" = "p.json"\n', encoding="utf-8")
    assert main(arguments) == 1
    (here / "asllint.toml").write_text('[policy]\n"*.asl.json" = ["p.json", "more.json"]\n', encoding="utf-8")
    assert main(arguments) == 0
    (here / "asllint.toml").write_text('[policy]\n"other.*" = "p.json"\n', encoding="utf-8")
    assert main(arguments) == 0
    (here / "asllint.toml").write_text('[policy]\n"*.asl.json" = "none.json"\n', encoding="utf-8")
    capsys.readouterr()
    assert main(arguments) == 2
    assert "asllint.toml:2: `policy`: `none.json` cannot be read" in capsys.readouterr().err


def test_the_definition_is_not_overwritten(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, ".", "-o", "train.asl.json")
    assert status == 2 and "train.asl.json: the policy would be written over" in err
    assert (here / "train.asl.json").read_text() == TRAIN


def test_the_file_that_cannot_be_read_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "huge.asl.json").touch()
    os.truncate(here / "huge.asl.json", 65 * 1024 * 1024)
    status, _, err = run(capsys, "train.asl.json", "huge.asl.json")
    assert status == 2 and err.startswith("asllint: huge.asl.json: It is larger than 64 MB")
