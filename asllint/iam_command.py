"""``asllint iam``: the least policy that definitions need, why, and what the policies of their role make of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from asllint import FAILED, FOUND, OK, files
from asllint.engine import NOT_ASL
from asllint.model import build
from asllint.model.machine import StateMachine
from asllint.model.permissions import (
    INLINE_LIMIT,
    MANAGED_LIMIT,
    Need,
    Needs,
    document,
    least,
    listed,
    machine_needs,
    size,
    split,
)
from asllint.settings import CliOverrides, SettingsError, SettingsFinder
from asllint.source import read
from asllint.source.placeholders import placeholders_with

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Final

    from asllint.aws.iam import Place
    from asllint.aws.policy import Excess, Policies
    from asllint.model.audit import Audit, Gap

FORMATS: Final = ("json", "yaml", "terraform", "text")
MOST_SHOWN: Final = 4
"""How many resources of a finding the text names."""

Entries = list[dict[str, object]]
Complain = Callable[[str], None]


def options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    add = parser.add_argument
    add("paths", nargs="*", metavar="FILE", help='definitions that one role executes; "-" is standard input')
    add(
        "--policy",
        action="append",
        metavar="FILE",
        help="compare with a policy of the role; can be given several times",
    )
    add("--boundary", action="append", metavar="FILE", help="a permissions boundary of the role")
    add("--role", metavar="ARN", help="of a role that Tasks name in Credentials, instead of the execution role")
    add("--format", choices=FORMATS, help="default: json; with --policy: text")
    add("--explain", action="store_true", help="a table: which state needs what, why, and what happens without it")
    add("--partition", metavar="NAME", help="such as aws; default: that of the Resources, or ${AWS::Partition}")
    add("--region", metavar="NAME", help="default: ${AWS::Region}")
    add("--account", metavar="ID", help="default: ${AWS::AccountId}")
    add("--name", metavar="NAME", help="of the state machine; default: any")
    add("--logging", action="store_true", help="the state machine logs to CloudWatch")
    add("--tracing", action="store_true", help="the state machine is traced by X-Ray")
    add("--kms-key", metavar="ARN", default="", help="the customer key that the state machine is encrypted with")
    add("--all-cases", action="store_true", help="with what is needed in cases that a definition does not tell")
    add("-o", "--output-file", metavar="FILE", help="write there instead of to standard output")
    add("--stdin-filename", metavar="PATH", help="the name that standard input goes by")
    add("--config", metavar="FILE", help="use this configuration")
    add("--isolated", action="store_true", help="read no configuration")
    add("--no-cache", action="store_true", help="neither read nor write the cache")


def run(args: Namespace, complain: Complain) -> int:
    """Derive or compare; return the exit status. `complain` says a line on standard error."""
    from asllint.aws.iam import Place

    audited = bool(args.policy)
    if args.boundary and not audited:
        complain("--boundary bounds what policies allow: give them with --policy")
        return FAILED
    if audited and args.format in ("yaml", "terraform"):
        complain(f"--policy compares, and its result is text or json, not {args.format}")
        return FAILED
    machines = _machines(args, complain)
    if machines is None:
        return FAILED
    default = Place()
    place = Place(
        args.partition or default.partition, args.region or default.region, args.account or default.account,
        args.name or "",
    )  # fmt: skip
    if audited:
        policies = _policies(args, place, complain)
        if policies is None:
            return FAILED
        from asllint.model.audit import audit

        found = audit(
            machines, policies, place, role=args.role, logging=args.logging, tracing=args.tracing, key=args.kms_key
        )
        _say_unknown(found.needs, complain)
        text = _audit_json(found) if args.format == "json" else _audit_text(found, machines, args.explain)
        if not files.write(text, args.output_file, "the policy", complain):
            return FAILED
        return FOUND if found.missing else OK
    needs = Needs()
    for machine in machines:
        one = machine_needs(machine, place, logging=args.logging, tracing=args.tracing, key=args.kms_key)
        needs.needs += one.needs
        needs.unknown += one.unknown
    _say_unknown(needs, complain)
    return _least(args, needs, complain)


def _least(args: Namespace, needs: Needs, complain: Complain) -> int:
    """Print the least policy, or the table of what it is for."""
    role = args.role
    own = needs.of(role)
    if role is not None and not own:
        roles = ", ".join(one for one in needs.roles if one) or "none"
        complain(f"no Task names {role} in Credentials; named are: {roles}")
        return FAILED
    others = [one for one in needs.roles if one != role]
    if role is None and others:
        shown = ", ".join(one or "one that is made while running" for one in others)
        complain(f"Tasks are called with other roles, which need policies of their own (--role ARN): {shown}")
    if args.explain or args.format == "text":
        text = _rows_json(own) if args.format == "json" else _table(own)
        return OK if files.write(text, args.output_file, "the policy", complain) else FAILED
    entries = least((need.statement for need in own), cases=args.all_cases)
    special = dict.fromkeys(f"{', '.join(one.actions)} ({one.only})" for one in (n.statement for n in own) if one.only)
    if special and not args.all_cases:
        complain(f"left out, as a definition does not tell whether it is needed (--all-cases): {'; '.join(special)}")
    parts = split(entries)
    total = size(entries)
    if len(parts) > 1:
        inline = f", and fits the {INLINE_LIMIT:,} of inline policies" if total <= INLINE_LIMIT else ""
        complain(
            f"the policy has {total:,} characters without white space{inline}: a managed policy takes {MANAGED_LIMIT:,},"
            f" so these are {len(parts)} policies; a role takes 10 of them unless its quota is raised"
        )
    if args.format in (None, "json") and "${AWS::" in repr(entries):
        complain(
            "${AWS::Region} and its like are for CloudFormation: give --region, --account and --partition to fill them in"
        )
    write = {"yaml": _yaml, "terraform": _terraform}.get(args.format, _json)
    return OK if files.write(write(parts), args.output_file, "the policy", complain) else FAILED


def _say_unknown(needs: Needs, complain: Complain) -> None:
    for one in needs.unknown:
        line, column = one.at.origin.position(one.at.start)
        complain(f"{one.at.origin.name}:{line}:{column}: what `{one.state.name}` needs is not known: {one.reason}")


# -- reading


def _machines(args: Namespace, complain: Complain) -> list[StateMachine] | None:
    """Return the machines of the files; None, and a word on standard error, where one cannot be read."""
    paths: Sequence[str] = args.paths or ([files.STDIN] if args.stdin_filename is not None else [])
    if not paths:
        complain("name the definitions; - is standard input")
        return None
    out = []
    try:
        finder = SettingsFinder(args.config, args.isolated, os.getcwd(), CliOverrides(), use_cache=not args.no_cache)
        found = files.find(paths, finder, stdin_filename=args.stdin_filename)
        for missing in found.missing:
            complain(f"{missing}: no such file or directory")
        if found.missing:
            return None
        lost = files.overwritten(found.files, [args.output_file])
        if lost is not None:
            complain(f"{lost}: the policy would be written over the definition; name another file")
            return None
        for file in found.files:
            settings = finder.for_path(file.path)
            placeholders = placeholders_with(settings.placeholders)
            try:
                data = file.read()
            except files.ReadError as error:
                complain(f"{file.path}: {error}")
                return None
            parsed = read(file.path, data, placeholders=placeholders)
            machine = build(parsed, judged=file.judged)
            if machine is None:
                if file.explicit:
                    complain(f"{file.path}: {NOT_ASL}")
                    return None
                continue
            for problem in parsed.problems[:1]:
                line, column = parsed.text.position(problem.start)
                complain(f"{file.path}:{line}:{column}: {problem.message} What stands behind it may be missing here.")
            out.append(machine)
    except SettingsError as error:
        complain(str(error))
        return None
    if not out:
        complain("there is no definition in what was named")
        return None
    return out


def _policies(args: Namespace, place: Place, complain: Complain) -> Policies | None:
    """Return the policies that are given; None, and a word on standard error, where one cannot be read."""
    from asllint.aws.policy import Policies, PolicyError, read_policies

    kinds = []
    for paths in (args.policy, args.boundary or ()):
        found = []
        for path in paths:
            try:
                found += read_policies(read(path.replace(os.sep, "/"), files.read(path)), place)
            except files.ReadError as error:
                complain(f"{path}: {error}")
                return None
            except PolicyError as error:
                complain(str(error))
                return None
        kinds.append(found)
    for policy in (*kinds[0], *kinds[1]):
        for problem in policy.problems:
            line, column = policy.node.origin.position(problem.start)
            complain(f"{policy.node.origin.name}:{line}:{column}: {problem.message}")
    return Policies(*kinds)


# -- policies


def _json(parts: Sequence[Entries]) -> str:
    import json

    documents = [document(entries) for entries in parts] or [document([])]
    return json.dumps(documents if len(documents) > 1 else documents[0], indent=2, ensure_ascii=False) + "\n"


def _yaml(parts: Sequence[Entries]) -> str:
    """Return the policies as CloudFormation takes them, pseudo parameters in Fn::Sub."""
    out = []
    several = len(parts) > 1
    for number, entries in enumerate(parts or [[]], 1):
        name = f"ExecutionRole{number}" if several else "ExecutionRole"
        out.append(f"- PolicyName: {name}")
        out.append("  PolicyDocument:")
        out.append("    Version: '2012-10-17'")
        out.append("    Statement:" + ("" if entries else " []"))
        for entry in entries:
            out.append("      - Effect: Allow")
            out += _yaml_list("Action", listed(entry["Action"]))
            out += _yaml_list("Resource", listed(entry["Resource"]))
            condition = entry.get("Condition")
            if isinstance(condition, dict):
                out.append("        Condition:")
                for operator, tests in condition.items():
                    out.append(f"          {operator}:")
                    for name, value in tests.items():
                        values = listed(value)
                        shown = _scalar(values[0]) if len(values) == 1 else f"[{', '.join(map(_scalar, values))}]"
                        out.append(f"            {_scalar(name)}: {shown}")
    return "\n".join(out) + "\n"


def _yaml_list(name: str, values: Sequence[str]) -> list[str]:
    if len(values) == 1:
        return [f"        {name}: {_scalar(values[0])}"]
    return [f"        {name}:", *(f"          - {_scalar(value)}" for value in values)]


def _scalar(text: str) -> str:
    import json

    # a line break, or what YAML takes no other way, needs an escape
    quoted = "'" + text.replace("'", "''") + "'" if text.isprintable() else json.dumps(text)
    return f"!Sub {quoted}" if "${AWS::" in text else quoted


_TERRAFORM: Final = {
    "${AWS::Partition}": "${data.aws_partition.current.partition}",
    "${AWS::Region}": "${data.aws_region.current.id}",
    "${AWS::AccountId}": "${data.aws_caller_identity.current.account_id}",
}


def _terraform(parts: Sequence[Entries]) -> str:
    """Return the policies as data sources of the AWS provider."""
    text = repr(parts)
    out = []
    for hole, kind in zip(_TERRAFORM, ("aws_partition", "aws_region", "aws_caller_identity"), strict=True):
        if hole in text:
            out.append(f'data "{kind}" "current" {{}}\n')
    for number, entries in enumerate(parts or [[]], 1):
        name = f"execution_role_{number}" if len(parts) > 1 else "execution_role"
        out.append(f'data "aws_iam_policy_document" "{name}" {{')
        for entry in entries:
            out.append("  statement {")
            lists = [("actions", listed(entry["Action"])), ("resources", listed(entry["Resource"]))]
            # as `terraform fmt` has it: names are aligned where each value is on one line
            width = 9 if all(len(values) == 1 for _, values in lists) else 0
            for title, several in lists:
                out += _terraform_list(title.ljust(width), several)
            condition = entry.get("Condition")
            for operator, tests in condition.items() if isinstance(condition, dict) else ():
                for key, value in tests.items():
                    values = ", ".join(map(_hcl, listed(value)))
                    out += [
                        "    condition {", f"      test     = {_hcl(operator)}", f"      variable = {_hcl(key)}",
                        f"      values   = [{values}]", "    }",
                    ]  # fmt: skip
            out.append("  }")
        out.append("}\n")
    return "\n".join(out)


def _terraform_list(name: str, values: Sequence[str]) -> list[str]:
    if len(values) == 1:
        return [f"    {name} = [{_hcl(values[0])}]"]
    return [f"    {name} = [", *(f"      {_hcl(value)}," for value in values), "    ]"]


def _hcl(text: str) -> str:
    import json

    quoted = json.dumps(text, ensure_ascii=False)
    for hole, value in _TERRAFORM.items():
        quoted = quoted.replace(hole, f"\0{value[2:]}")
    return quoted.replace("${", "$${").replace("%{", "%%{").replace("\0", "${")


# -- why


def _merged(needs: Iterable[Need]) -> list[tuple[Need, list[str], list[str]]]:
    """Return needs with the states and the calls that have them, those alike in one."""
    rows: dict[object, tuple[Need, list[str], list[str]]] = {}
    for need in needs:
        one = need.statement
        key = (one.actions, one.resources, one.condition, one.reason, one.without, one.only)
        row = rows.setdefault(key, (need, [], []))
        for values, value in (
            (row[1], need.state.name if need.state is not None else "the state machine"),
            (row[2], need.call),
        ):
            if value not in values:
                values.append(value)
    return list(rows.values())


def _table(needs: Sequence[Need]) -> str:
    """Return a table in Markdown."""
    head = ("State", "Call", "Actions", "Resources", "Why", "Without it", "Known from")
    rows = []
    for need, states, calls in _merged(needs):
        one = need.statement
        why = one.reason
        if one.only:
            why += f"; needed only where: {one.only}"
        if one.condition:
            why += "; where " + " and ".join(f"{key} is {_value(value)}" for _, key, value in one.condition)
        basis = one.basis
        if one.wide:
            basis += f"; not known from the definition: {', '.join(one.wide)}"
        rows.append(
            (
                ", ".join(states), ", ".join(calls), "<br>".join(one.actions), "<br>".join(one.resources), why,
                one.without, basis,
            )
        )  # fmt: skip
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join(['---'] * len(head))}|"]
    lines += ("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows)
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("*", "\\*")


def _row(need: Need, states: Sequence[str], calls: Sequence[str]) -> dict[str, object]:
    one = need.statement
    return {
        "states": list(states), "calls": list(calls), "actions": list(one.actions), "resources": list(one.resources),
        "condition": {key: {operator: _plain(value)} for operator, key, value in one.condition},
        "reason": one.reason, "without": one.without, "basis": one.basis, "inferred": one.inferred,
        "only": one.only or None, "unknown": list(one.wide), "note": one.note or None,
    }  # fmt: skip


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _rows_json(needs: Sequence[Need]) -> str:
    import json

    rows = [_row(*row) for row in _merged(needs)]
    return json.dumps({"version": 1, "needs": rows}, indent=2, ensure_ascii=False) + "\n"


# -- the audit


def _audit_json(found: Audit) -> str:
    import json

    def gaps(several: Sequence[Gap]) -> list[dict[str, object]]:
        return [
            {
                **_row(gap.need, [gap.need.state.name] if gap.need.state is not None else [], [gap.need.call]),
                "actions": list(gap.actions), "denied": gap.denied, "why_open": gap.reason or None,
            }
            for gap in several
        ]  # fmt: skip

    def excesses(several: Sequence[Excess]) -> list[dict[str, object]]:
        return [
            {"kind": one.kind, "text": _excess(one), "needed": list(one.needed), **_where(one.node)} for one in several
        ]

    rows = {
        "version": 1,
        "missing": gaps(found.missing),
        "open": gaps(found.open),
        "superfluous": excesses(found.unused),
        "wider": excesses(found.wide),
        "pass_role": [{"resource": one.resource.text, **_where(one.resource.node)} for one in found.passing],
        "wrong_type": [
            {"action": one.action.text, "wanted": list(one.forms), **_where(one.action.node)} for one in found.wrong
        ],
        "unknown": [{"state": one.state.name, "reason": one.reason} for one in found.needs.unknown],
    }
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _where(node: object) -> dict[str, object]:
    from asllint.source.node import Node

    assert isinstance(node, Node)
    line, column = node.origin.position(node.start)
    return {"file": node.origin.name, "line": line, "column": column}


def _place(node: object) -> str:
    where = _where(node)
    return f"{where['file']}:{where['line']}:{where['column']}"


def _excess(one: Excess) -> str:
    if one.text:
        return one.text
    return ", ".join(pattern.text for pattern in one.statement.actions) or "a statement"


def _audit_text(found: Audit, machines: Sequence[StateMachine], explain: bool) -> str:
    """Return what the policies lack and what they have too much."""
    out: list[str] = []
    grade = ""
    for gap in found.missing:
        if gap.need.statement.without != grade:
            grade = gap.need.statement.without
            out += ["", f"Missing: without it, the state machine {_GRADES[grade]}"]
        out += _gap(gap)
    if found.open and explain:
        out += ["", "Open: it cannot be told whether these are allowed"]
        for gap in found.open:
            out += [*_gap(gap), f"      {gap.reason}"]
    if found.wrong:
        out += ["", "On resources of another kind: these allow nothing"]
        for wrong in found.wrong:
            wanted = ", ".join(wrong.forms[:MOST_SHOWN])
            out.append(f"  {_place(wrong.action.node)}: {wrong.action.text} is about {wanted}")
    if found.passing:
        out += ["", "iam:PassRole without bounds: name the roles, or test iam:PassedToService"]
        out += (f"  {_place(one.resource.node)}: {one.resource.text}" for one in found.passing)
    if found.wide:
        out += ["", "Wider than needed"]
        for one in found.wide:
            needed = ", ".join(one.needed[:MOST_SHOWN]) + (", …" if len(one.needed) > MOST_SHOWN else "")
            out.append(f"  {_place(one.node)}: {_excess(one)}; needed: {needed}")
    if found.unused:
        out += ["", "Superfluous: nothing in the definition needs these"]
        out += (f"  {_place(one.node)}: {_excess(one)}" for one in found.unused)
    parts = [f"{len(found.missing)} missing", f"{len(found.open)} open"]
    parts += [f"{len(found.wide)} wider than needed", f"{len(found.unused)} superfluous"]
    note = "" if explain or not found.open else " (--explain lists the open ones)"
    out += ["", f"{', '.join(parts)}{note}."]
    if found.needs.unknown or any(machine.fragment is not None for machine in machines):
        what = "What some Tasks need is not known" if found.needs.unknown else "This is a part of a state machine"
        out.append(f"{what}, so nothing is called superfluous or wider than needed.")
    return "\n".join(out).lstrip("\n") + "\n"


_GRADES: Final = {
    "refused at creation": "is refused when it is created",
    "fails when it runs": "fails when it gets there",
    "may hang": "may wait for ever",
    "cannot be cancelled": "leaves jobs running when it is stopped",
    "is not traced": "leaves no traces",
}


def _gap(gap: Gap) -> list[str]:
    one = gap.need.statement
    state = gap.need.state.name if gap.need.state is not None else "the state machine"
    line, column = gap.need.at.origin.position(gap.need.at.start)
    resources = ", ".join(one.resources[:MOST_SHOWN]) + (", …" if len(one.resources) > MOST_SHOWN else "")
    head = f"  {gap.need.at.origin.name}:{line}:{column}: {state}: {', '.join(gap.actions)}"
    tail = f"      on {resources}"
    if one.condition:
        tail += " where " + " and ".join(f"{key} is {_value(value)}" for _, key, value in one.condition)
    return [head + (" (denied by a statement)" if gap.denied else ""), tail]
