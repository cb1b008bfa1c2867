"""How findings word what `asllint.model.sagemaker` found; loaded only by the rules that found something."""

from __future__ import annotations

from asllint.model.sagemaker import Fact, Name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

THINGS: Final = {
    "createTrainingJob": "training job",
    "createTransformJob": "transform job",
    "createProcessingJob": "processing job",
    "createHyperParameterTuningJob": "tuning job",
    "createLabelingJob": "labeling job",
    "createModel": "model",
    "createEndpointConfig": "endpoint configuration",
    "createEndpoint": "endpoint",
    "startExecution": "execution",
}

_SHORT: Final = "States.ArrayGetItem(States.StringSplit(States.UUID(), '-'), 4)"
"""The last part of a UUID, 12 characters."""


def thing(fact: Fact) -> str:
    """Return what the request creates."""
    return THINGS[fact.request.action]


def proposal(name: Name, *, retried: bool) -> str:
    """Return the member as it could be written: unique in each execution, and in each attempt where it is retried.

    Inside of a Map or Parallel state also for each item, and where that is retried.
    """
    key, jsonata = name.member, name.request.jsonata
    inside = name.request.state.scope.owner is not None
    prefix = _prefix(name)
    if name.limit < 36 + len(prefix):
        prefix = prefix[: name.limit - 12]
        if jsonata:
            return _written(key, f"{{% {_quoted(prefix)}$substring($uuid(), 24) %}}", dynamic=False)
        return _written(key, f"States.Format('{prefix}{{}}', {_SHORT})", dynamic=True)
    if inside or prefix:
        if jsonata:
            return _written(key, f"{{% {_quoted(prefix)}$uuid() %}}", dynamic=False)
        value = f"States.Format('{prefix}{{}}', States.UUID())" if prefix else "States.UUID()"
        return _written(key, value, dynamic=True)
    if jsonata:
        count = " & '-' & $states.context.State.RetryCount" if retried else ""
        return _written(key, f"{{% $states.context.Execution.Name{count} %}}", dynamic=False)
    value = "States.Format('{}-{}', $$.Execution.Name, $$.State.RetryCount)" if retried else "$$.Execution.Name"
    return _written(key, value, dynamic=True)


def _prefix(name: Name) -> str:
    """Return the text that a name begins with as the prefix of another, "" where there is none, or it would be too long."""
    text = name.pieces[0].text or ""
    if not text.replace("-", "").isalnum() or not text.isascii() or text.startswith("-"):
        return "job-" if name.limit < 36 else ""
    text = f"{text.rstrip('-')}-"
    room = name.limit - 36 if name.limit > 36 else name.limit - 12
    return text if len(text) <= room else "job-" if name.limit < 36 else ""


def _quoted(prefix: str) -> str:
    return f"'{prefix}' & " if prefix else ""


def _written(key: str, value: str, *, dynamic: bool) -> str:
    return f'`"{key}{".$" if dynamic else ""}": "{value}"`'
