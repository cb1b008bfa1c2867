"""ASL622."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.sagemaker import MISFIT, UUID_LENGTH, Name, of_kind
from asllint.model.sagemaker_words import proposal, thing
from asllint.rule import WARNING, Example, Finding, Fix, Rule
from asllint.source.node import Node, Span


class SagemakerNameMisfit(Rule):
    """A name that is computed for SageMaker has a character that it cannot have, or too many.

    The names of SageMaker's jobs, models, endpoint configurations and endpoints have letters, digits and hyphens, neither
    begin nor end with a hyphen, and are at most 63 characters long, those of tuning jobs 32 (SageMaker API reference,
    "CreateTrainingJob", "CreateHyperParameterTuningJob"). Step Functions fills other things into them with ease: an underscore
    in the template of `States.Format`; a time (`$$.Execution.StartTime`, `$now()`) or an ARN (`$$.Execution.Id`), which have
    colons; the name of a state, with its blanks. A UUID, which the name of an execution is as well if nobody chose another,
    has 36 characters: too many for a tuning job.

    Names that are literal are not looked at here. A name of an execution may be up to 80 characters long and have other
    characters, too, if its starter chose it; that alone is not reported.

    ## Why it matters

    SageMaker refuses the request: *failed to satisfy constraint: Member must satisfy regular expression pattern*, or *must
    have length less than or equal to 63*. The state fails in every execution.

    ## What to do

    Use hyphens, leave times and ARNs out, and shorten: a part of a UUID (`States.StringSplit`, `States.ArrayGetItem`; in
    JSONata `$substring`) is enough to keep the jobs of one account apart.
    """

    code = "ASL622"
    name = "sagemaker-name-misfit"
    severity = WARNING
    concerns = (MISFIT,)
    precision = "very-high"

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Parameters": {"TrainingJobName.$": "States.Format('«churn_»{}', $$.Execution.Name)"}}}}"""
        ),
        Example(
            """{"StartAt": "Tune", "States": {"Tune": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
  "Parameters": {"HyperParameterTuningJobName.$": «"$$.Execution.Name"»}}}}""",
            title="36 characters, where 32 are allowed",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Score", "States": {"Score": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTransformJob.sync",
  "Arguments": {"TransformJobName": "{% 'score-' & «$now()» %}"}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Parameters": {"TrainingJobName.$": "States.Format('churn-{}', $$.Execution.Name)"}}}}"""
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Tune", "States": {"Tune": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
  "Arguments": {"HyperParameterTuningJobName": "{% 'churn-' & $substring($uuid(), 24) %}"}}}}"""
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Parameters": {"TrainingJobName.$": "States.Format('${Prefix}_{}', $$.Execution.Name)"}}}}""",
            title="with a placeholder in it the expression is left alone",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the names that SageMaker cannot take."""
        for fact in of_kind(machine, MISFIT):
            assert fact.name is not None
            name = fact.name
            article = "an" if name.member[0] in "AEIOU" else "a"
            takes = f"{article} `{name.member}` has letters, digits and hyphens"
            cure = f"For example {proposal(name, retried=False)}."
            at: Node | Span = fact.at
            fix = None
            if name.limit > UUID_LENGTH and fact.what in ("character", "hyphen"):
                cure = ""
            if fact.what == "character":
                bad, source = fact.texts
                shown = "a blank" if bad == " " else f"`{bad}`"
                has = f"`{source}` has" if source != bad else "The name has"
                message = f"{has} {shown} in it, and {takes} alone: SageMaker refuses the {thing(fact)}."
                cure = cure or "Leave it out, or write a hyphen."
                at, fix = _literal(name, source, bad)
                if fix is not None:
                    cure = f"{fix.title}."
            elif fact.what == "hyphen":
                message = f"The name begins or ends with the hyphen of `{fact.texts[0]}`: SageMaker refuses the {thing(fact)}."
                cure = cure or "Leave it out."
            elif fact.what == "length":
                message = (
                    f"The name has at least {fact.texts[0]} characters, and {article} `{name.member}` at most {name.limit}: "
                    f"SageMaker refuses the {thing(fact)}."
                )
            else:
                message = (
                    f"The name has {fact.texts[0]} characters or more in an execution that Step Functions named itself, with "
                    f"a UUID, and {article} `{name.member}` at most {name.limit}: SageMaker refuses the {thing(fact)}."
                )
            yield Finding(at, message, cure=cure, anchor=fact.at, fix=fix)


def _literal(name: Name, source: str, bad: str) -> tuple[Node | Span, Fix | None]:
    """Return where a piece of a name stands in its expression, and the fix that writes hyphens for what is wrong in a text."""
    node = name.value.node
    if name.text.count(source) != 1:
        return node, None
    start = name.text.index(source)
    span = node.span_in(start, start + len(source))
    right = source.replace(bad, "-")
    text = right.strip("'")
    if not re.fullmatch(r"[A-Za-z0-9-]+", text) or node.origin.content[slice(*span)] != source:
        return span, None  # no text, or escaped
    pieces = [piece.source for piece in name.pieces]
    if (pieces[0] == source and text[0] == "-") or (pieces[-1] == source and text[-1] == "-"):
        return span, None  # at neither end a hyphen may stand
    return span, Fix(f"Write `{right}`", [(*span, right)], safe=False)
