"""ASL627."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.sagemaker import UNMET, of_kind
from asllint.model.sagemaker_words import THINGS
from asllint.rule import WARNING, Example, Finding, Related, Rule


class SagemakerNamesUnmet(Rule):
    """A model or endpoint configuration is created under one name, and looked for under another.

    createModel names a model, which createEndpointConfig and createTransformJob look for by that name; createEndpointConfig
    names an endpoint configuration, which createEndpoint and updateEndpoint look for (SageMaker API reference). The rule
    speaks where all these names are literal, nothing uses the one that is created, and a state behind it uses another that
    this definition does not create.

    ## Why it matters

    What is looked for is not there, and the execution fails; or, worse, it is an old one, and what was made now is never
    deployed.

    ## What to do

    Use the same name, or take it from the data: `$.ModelName` in both requests cannot drift apart. If the other one is meant,
    do not create this one.
    """

    code = "ASL627"
    name = "sagemaker-names-unmet"
    severity = WARNING
    concerns = (UNMET,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Model", "States": {
  "Model": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createModel", "Next": "Config",
    "Parameters": {"ModelName": "churn-model", "ExecutionRoleArn.$": "$.role"}},
  "Config": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createEndpointConfig", "End": true,
    "Parameters": {"EndpointConfigName.$": "$$.Execution.Name",
      "ProductionVariants": [{"VariantName": "all", "ModelName": «"churn"»}]}}}}"""
        ),
        Example(
            """StartAt: Config
States:
  Config:
    Type: Task
    Resource: arn:aws:states:::sagemaker:createEndpointConfig
    Parameters:
      EndpointConfigName: churn-config
      ProductionVariants: [{VariantName: all, ModelName.$: $.model}]
    Next: Update
  Update:
    Type: Task
    Resource: arn:aws:states:::sagemaker:updateEndpoint
    Parameters:
      EndpointName: churn
      EndpointConfigName: «churn-conf»
    End: true
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Model", "States": {
  "Model": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createModel", "Next": "Config",
    "Parameters": {"ModelName": "new", "ExecutionRoleArn.$": "$.role"}},
  "Config": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createEndpointConfig", "End": true,
    "Parameters": {"EndpointConfigName.$": "$$.Execution.Name", "ProductionVariants": [
      {"VariantName": "a", "ModelName": "new"}, {"VariantName": "b", "ModelName": "old"}]}}}}""",
            title="a comparison with a model that is there already",
        ),
        Example(
            """{"StartAt": "Update", "States": {"Update": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:updateEndpoint",
  "Parameters": {"EndpointName": "churn", "EndpointConfigName": "churn-config"}}}}""",
            title="nothing is created here",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the names that do not meet."""
        for fact in of_kind(machine, UNMET):
            _, used, made, maker = fact.texts
            what = THINGS[fact.what]
            yield Finding(
                fact.at,
                f"`{maker}` creates the {what} `{made}`, which nothing here uses, and `{fact.request.state.name}` behind it "
                f"looks for `{used}`, which nothing here creates.",
                cure=f"Write `{made}` if that is meant.",
                related=() if fact.other is None else (Related(fact.other, f"the {what} that is created"),),
            )
