"""Planted defects: for each kind of refusal that AWS is known to give, what plants it in a definition.

A mutator is a function from a definition (parsed JSON) to its mutants: a changed copy, the rule that must speak, and the
place as a list of keys that the finding's pointer must begin with. `aside` are codes that may speak too, as AWS would: a
Next that is gone takes the way to the state behind it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

Json = Any
Path = tuple[str | int, ...]
Site = tuple[Path, dict[str, Any]]


class Mutant:
    """A definition with one planted defect. `text` is given instead where the defect is one of the text."""

    def __init__(
        self,
        definition: Json,
        code: str,
        place: Path,
        aside: tuple[str, ...] = (),
        express: bool = False,
        text: str | None = None,
    ) -> None:
        self.definition = definition
        self.code = code
        self.place = place
        self.aside = aside
        self.express = express
        self.text = text


class Mutator:
    """What plants one kind of defect. `message` is a part of AWS's own message for it, "" where none is recorded."""

    def __init__(self, name: str, message: str, make: Callable[[Json], Iterator[Mutant]]) -> None:
        self.name = name
        self.message = message
        self.make = make


MUTATORS: list[Mutator] = []
FLOW = ("ASL202", "ASL203", "ASL204", "ASL205")
DATA = ("ASL501", "ASL503")  # a planted path leads to nothing, or planted Parameters leave nothing for a later one
REFERS = ("ASL201", "ASL206", *FLOW)


def mutator(message: str = "") -> Callable[[Callable[[Json], Iterator[Mutant]]], Callable[[Json], Iterator[Mutant]]]:
    def register(make: Callable[[Json], Iterator[Mutant]]) -> Callable[[Json], Iterator[Mutant]]:
        MUTATORS.append(Mutator(make.__name__.replace("_", "-"), message, make))
        return make

    return register


# -- walking a definition


def scopes(definition: Json, path: Path = ()) -> Iterator[Site]:
    """Yield the path and object of every scope: the machine, branches, item processors."""
    yield path, definition
    for at, state in own_states(definition, path):
        for i, branch in enumerate(state.get("Branches") or ()):
            yield from scopes(branch, (*at, "Branches", i))
        for field in ("ItemProcessor", "Iterator"):
            if isinstance(state.get(field), dict):
                yield from scopes(state[field], (*at, field))


def own_states(scope: Json, path: Path) -> Iterator[Site]:
    for name, state in (scope.get("States") or {}).items():
        if isinstance(state, dict):
            yield (*path, "States", name), state


def states(definition: Json, *types: str) -> Iterator[Site]:
    for path, scope in scopes(definition):
        for at, state in own_states(scope, path):
            if not types or state.get("Type") in types:
                yield at, state


def get(definition: Json, path: Path) -> Any:
    for part in path:
        definition = definition[part]
    return definition


def language(definition: Json, state: Json) -> str:
    return str(state.get("QueryLanguage", definition.get("QueryLanguage", "JSONPath")))


def changed(definition: Json, path: Path, change: Callable[[Any], Any]) -> Json:
    """Return a copy in which `change` was applied to the object at the path; None if it wants to leave it alone."""
    out = copy.deepcopy(definition)
    change(get(out, path))
    return out


def setting(definition: Json, path: Path, key: str, value: Any) -> Json:
    return changed(definition, path, lambda o: o.__setitem__(key, value))


def dropping(definition: Json, path: Path, *keys: str) -> Json:
    def drop(o: dict[str, Any]) -> None:
        for key in keys:
            o.pop(key, None)

    return changed(definition, path, drop)


def choice_rules(definition: Json) -> Iterator[Site]:
    for at, state in states(definition, "Choice"):
        for i, rule in enumerate(state.get("Choices") or ()):
            yield (*at, "Choices", i), rule


def retriers(definition: Json, field: str = "Retry") -> Iterator[Site]:
    for at, state in states(definition, "Task", "Map", "Parallel"):
        for i, item in enumerate(state.get(field) or ()):
            yield (*at, field, i), item


def processors(definition: Json) -> Iterator[Site]:
    for at, state in states(definition, "Map"):
        for field in ("ItemProcessor", "Iterator"):
            if field in state:
                yield (*at, field), state[field]


def distributed_maps(definition: Json) -> Iterator[Site]:
    for at, processor in processors(definition):
        if (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED":
            yield at[:-1], get(definition, at[:-1])


# -- what is required


@mutator("These fields are required: [States, StartAt]")
def drop_start_at(d: Json) -> Iterator[Mutant]:
    for path, _ in scopes(d):
        yield Mutant(dropping(d, path, "StartAt"), "ASL101", path)


@mutator("These fields are required: [States]")
def drop_states(d: Json) -> Iterator[Mutant]:
    yield Mutant(dropping(d, (), "States"), "ASL101", ())


@mutator("These fields are required: [Choices]")
def drop_required_field(d: Json) -> Iterator[Mutant]:
    for kind, field in (("Choice", "Choices"), ("Parallel", "Branches"), ("Task", "Resource")):
        for at, _ in states(d, kind):
            aside = FLOW if kind == "Choice" else ("ASL110",)
            yield Mutant(dropping(d, at, field), "ASL101", at, aside)


@mutator()
def drop_type(d: Json) -> Iterator[Mutant]:
    for at, _ in states(d):
        yield Mutant(dropping(d, at, "Type"), "ASL101", at, FLOW)


@mutator("The field 'Type' should have one of these values")
def unknown_type(d: Json) -> Iterator[Mutant]:
    for at, state in states(d):
        yield Mutant(setting(d, at, "Type", f"{state['Type']}s"), "ASL102", (*at, "Type"), FLOW)


@mutator("These fields are required: [ErrorEquals]")
def drop_error_equals(d: Json) -> Iterator[Mutant]:
    for field in ("Retry", "Catch"):
        for at, _ in retriers(d, field):
            yield Mutant(dropping(d, at, "ErrorEquals"), "ASL101", at)


@mutator("These fields are required: [Next]")
def drop_rule_next(d: Json) -> Iterator[Mutant]:
    for at, _ in choice_rules(d):
        yield Mutant(dropping(d, at, "Next"), "ASL101", at, FLOW)
    for at, _ in retriers(d, "Catch"):
        yield Mutant(dropping(d, at, "Next"), "ASL101", at, FLOW)


@mutator("These fields are required: [ExecutionType]")
def drop_execution_type(d: Json) -> Iterator[Mutant]:
    for at, processor in processors(d):
        config = processor.get("ProcessorConfig") or {}
        if config.get("Mode") == "DISTRIBUTED" and "ExecutionType" in config:
            yield Mutant(dropping(d, (*at, "ProcessorConfig"), "ExecutionType"), "ASL101", (*at, "ProcessorConfig"))


@mutator("The field 'RoleArn' is required but was missing")
def drop_role_arn(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        if isinstance(state.get("Credentials"), dict):
            yield Mutant(dropping(d, (*at, "Credentials"), "RoleArn", "RoleArn.$"), "ASL101", (*at, "Credentials"))


@mutator("This object should have only one of the following fields: [Next, End]")
def drop_next_and_end(d: Json) -> Iterator[Mutant]:
    for at, _ in states(d, "Task", "Pass", "Wait", "Map", "Parallel"):
        yield Mutant(dropping(d, at, "Next", "End"), "ASL111", at, FLOW)


@mutator("This object should have only one of the following fields: [ItemProcessor, Iterator]")
def drop_processor(d: Json) -> Iterator[Mutant]:
    for at, _ in states(d, "Map"):
        yield Mutant(dropping(d, at, "ItemProcessor", "Iterator"), "ASL110", at)


@mutator("These fields are required")
def drop_wait(d: Json) -> Iterator[Mutant]:
    for at, _ in states(d, "Wait"):
        yield Mutant(dropping(d, at, "Seconds", "SecondsPath", "Timestamp", "TimestampPath"), "ASL110", at)


# -- what excludes each other


@mutator("There should only be one of the following fields: [Next, End]")
def next_and_end(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task", "Pass", "Wait", "Map", "Parallel"):
        if "Next" in state:
            yield Mutant(setting(d, at, "End", True), "ASL109", at)
        elif "End" in state:
            yield Mutant(setting(d, at, "Next", at[-1]), "ASL109", at)


@mutator("There should only be one of the following fields: [ItemProcessor, Iterator]")
def both_processors(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Map"):
        if "ItemProcessor" in state:
            extra = {"StartAt": "Planted inside", "States": {"Planted inside": {"Type": "Pass", "End": True}}}
            yield Mutant(setting(d, at, "Iterator", extra), "ASL109", at)


@mutator("There should only be one of the following fields")
def path_twins(d: Json) -> Iterator[Mutant]:
    for kind, field, value, twin in (
        ("Task", "TimeoutSeconds", 5, "TimeoutSecondsPath"),
        ("Map", "MaxConcurrency", 5, "MaxConcurrencyPath"),
        ("Fail", "Cause", "planted", "CausePath"),
        ("Fail", "Error", "Planted", "ErrorPath"),
        ("Wait", "Seconds", 5, "SecondsPath"),
    ):
        for at, state in states(d, kind):
            if language(d, state) != "JSONPath" or (kind == "Wait" and not {"Seconds", "SecondsPath"} & set(state)):
                continue
            yield Mutant(
                changed(d, at, lambda o, f=field, v=value, t=twin: o.update({f: v, t: "$.planted"})), "ASL109", at, DATA
            )


@mutator("The object must have only one of the following fields, [And, Or, Not, Variable, Condition]")
def two_conditions(d: Json) -> Iterator[Mutant]:
    for at, rule in choice_rules(d):
        if "Variable" in rule:
            extra = {"Variable": "$.planted", "IsPresent": True}
            yield Mutant(setting(d, at, "Not", extra), "ASL116", at)
            yield Mutant(
                dropping(d, at, *(k for k in rule if k not in ("Next", "Assign", "Output", "Comment"))), "ASL116", at
            )


@mutator("There should only be one of the following fields: [StringEquals")
def operators(d: Json) -> Iterator[Mutant]:
    for at, rule in choice_rules(d):
        if "Variable" in rule:
            operator = next(k for k in rule if k not in ("Variable", "Next", "Assign", "Output", "Comment"))
            other = "IsNull" if operator != "IsNull" else "IsString"
            yield Mutant(setting(d, at, other, True), "ASL116", at)
            yield Mutant(dropping(d, at, operator), "ASL116", at)


@mutator("Field 'Next' is not supported")
def nested_next(d: Json) -> Iterator[Mutant]:
    for at, rule in choice_rules(d):
        for field in ("And", "Or"):
            for i, _ in enumerate(rule.get(field) or ()):
                yield Mutant(setting(d, (*at, field, i), "Next", rule["Next"]), "ASL103", (*at, field, i))
        if "Not" in rule:
            yield Mutant(setting(d, (*at, "Not"), "Next", rule["Next"]), "ASL103", (*at, "Not"))


# -- fields


@mutator("Field '_comment_concurrency' is not supported")
def unknown_field(d: Json) -> Iterator[Mutant]:
    for at, _ in states(d):
        yield Mutant(setting(d, at, "_comment_planted", "x"), "ASL103", at)


@mutator("Field 'Catch' is not supported")
def field_of_another_type(d: Json) -> Iterator[Mutant]:
    retry = [{"ErrorEquals": ["States.TaskFailed"]}]
    for kind in ("Pass", "Wait", "Succeed", "Fail", "Choice"):
        for at, _ in states(d, kind):
            yield Mutant(setting(d, at, "Retry", retry), "ASL103", at)
    for at, _ in states(d, "Map", "Parallel", "Succeed"):
        yield Mutant(setting(d, at, "TimeoutSeconds", 5), "ASL103", at)


@mutator("Field 'Next' is not supported")
def next_on_terminal(d: Json) -> Iterator[Mutant]:
    for at, _ in states(d, "Choice", "Succeed", "Fail"):
        yield Mutant(setting(d, at, "Next", at[-1]), "ASL112", at)
        yield Mutant(setting(d, at, "End", True), "ASL112", at)


@mutator("Field 'QueryLanguage' is not supported")
def query_language_in_a_scope(d: Json) -> Iterator[Mutant]:
    for path, _ in scopes(d):
        if path:
            yield Mutant(setting(d, path, "QueryLanguage", "JSONPath"), "ASL103", path)


@mutator("Field 'ExecutionType' is not supported")
def execution_type_inline(d: Json) -> Iterator[Mutant]:
    for at, processor in processors(d):
        if (processor.get("ProcessorConfig") or {}).get("Mode") == "INLINE":
            yield Mutant(
                setting(d, (*at, "ProcessorConfig"), "ExecutionType", "STANDARD"), "ASL103", (*at, "ProcessorConfig")
            )


@mutator("is only supported for the 'JSONata' QueryLanguage")
def jsonata_field(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task", "Pass", "Wait", "Succeed"):
        if language(d, state) == "JSONPath":
            yield Mutant(setting(d, at, "Output", {"planted": 1}), "ASL104", at)


@mutator("is only supported for the 'JSONPath' QueryLanguage")
def jsonpath_field(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task", "Pass", "Wait", "Succeed"):
        if language(d, state) == "JSONata":
            yield Mutant(setting(d, at, "InputPath", "$.planted"), "ASL104", at)


@mutator("Value should be one of the following: [JSONPath, JSONata]")
def bad_query_language(d: Json) -> Iterator[Mutant]:
    yield Mutant(
        setting(d, (), "QueryLanguage", "Jsonpath"),
        "ASL105",
        ("QueryLanguage",),
        ("ASL104", "ASL106", "ASL107", "ASL111"),
    )


@mutator("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine")
def downgrade(d: Json) -> Iterator[Mutant]:
    if d.get("QueryLanguage") == "JSONata":
        for at, _ in states(d):
            yield Mutant(setting(d, at, "QueryLanguage", "JSONPath"), "ASL106", at)


# -- values


@mutator("Value should be one of the following: [NONE, FULL]")
def bad_jitter(d: Json) -> Iterator[Mutant]:
    for at, _ in retriers(d):
        yield Mutant(setting(d, at, "JitterStrategy", "SOME"), "ASL113", (*at, "JitterStrategy"))


@mutator("Value should be one of the following: [STANDARD, EXPRESS]")
def bad_execution_type(d: Json) -> Iterator[Mutant]:
    for at, processor in processors(d):
        if (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED":
            place = (*at, "ProcessorConfig", "ExecutionType")
            yield Mutant(setting(d, place[:-1], "ExecutionType", "FAST"), "ASL113", place)


@mutator("Value should be one of the following: [1.0]")
def bad_version(d: Json) -> Iterator[Mutant]:
    yield Mutant(setting(d, (), "Version", "2.0"), "ASL113", ("Version",))


@mutator("Maximum value is <n>")
def too_large(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        if "TimeoutSecondsPath" not in state:
            yield Mutant(setting(d, at, "TimeoutSeconds", 100_000_000), "ASL108", (*at, "TimeoutSeconds"))
    for at, _ in retriers(d):
        yield Mutant(setting(d, at, "MaxAttempts", 100_000_000), "ASL108", (*at, "MaxAttempts"))
        yield Mutant(setting(d, at, "MaxDelaySeconds", 31_622_401), "ASL108", (*at, "MaxDelaySeconds"))


@mutator("Minimum value is 1")
def too_small(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        if "TimeoutSecondsPath" not in state:
            yield Mutant(setting(d, at, "TimeoutSeconds", 0), "ASL108", (*at, "TimeoutSeconds"))
        if "HeartbeatSecondsPath" not in state:
            yield Mutant(setting(d, at, "HeartbeatSeconds", 0), "ASL108", (*at, "HeartbeatSeconds"))
    for at, _ in retriers(d):
        yield Mutant(setting(d, at, "BackoffRate", 0.5), "ASL108", (*at, "BackoffRate"))
        yield Mutant(setting(d, at, "MaxAttempts", -1), "ASL108", (*at, "MaxAttempts"))
    for at, state in states(d, "Map"):
        if "MaxConcurrencyPath" not in state:
            yield Mutant(setting(d, at, "MaxConcurrency", -1), "ASL108", (*at, "MaxConcurrency"))


@mutator("Expected value of type Integer")
def not_an_integer(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        if "TimeoutSecondsPath" not in state:
            yield Mutant(setting(d, at, "TimeoutSeconds", "60"), "ASL107", (*at, "TimeoutSeconds"))
    for at, _ in retriers(d):
        yield Mutant(setting(d, at, "IntervalSeconds", 1.5), "ASL107", (*at, "IntervalSeconds"))


@mutator("Expected value of type [STRING]")
def wrong_kind(d: Json) -> Iterator[Mutant]:
    for at, state in states(d):
        if "Next" in state:
            yield Mutant(setting(d, at, "Next", 5), "ASL107", (*at, "Next"), FLOW)
        if "End" in state:
            yield Mutant(setting(d, at, "End", "true"), "ASL107", (*at, "End"), FLOW)
        if "Retry" in state:
            yield Mutant(setting(d, at, "Retry", {}), "ASL107", (*at, "Retry"))
    for at, rule in choice_rules(d):
        if "StringEquals" in rule:
            yield Mutant(setting(d, at, "StringEquals", 5), "ASL107", (*at, "StringEquals"))
        if "NumericEquals" in rule:
            yield Mutant(setting(d, at, "NumericEquals", "5"), "ASL107", (*at, "NumericEquals"))


@mutator("String does not match RFC3339 timestamp")
def bad_timestamp(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Wait"):
        for text in ("2016-13-05T21:29:29Z", "2016-12-05 21:29:29Z", "tomorrow"):

            def change(o: dict[str, Any], text: str = text) -> None:
                for key in ("Seconds", "SecondsPath", "TimestampPath"):
                    o.pop(key, None)
                o["Timestamp"] = text

            if language(d, state) == "JSONPath":
                yield Mutant(changed(d, at, change), "ASL114", (*at, "Timestamp"))


@mutator("Value cannot be empty")
def empty(d: Json) -> Iterator[Mutant]:
    for kind, field in (("Choice", "Choices"), ("Parallel", "Branches")):
        for at, _ in states(d, kind):
            yield Mutant(setting(d, at, field, []), "ASL115", (*at, field), FLOW)
    for at, _ in retriers(d):
        yield Mutant(setting(d, at, "ErrorEquals", []), "ASL115", (*at, "ErrorEquals"))


@mutator("States.ALL must appear alone and at end of list")
def states_all(d: Json) -> Iterator[Mutant]:
    for field in ("Retry", "Catch"):
        for at, _ in retriers(d, field):
            yield Mutant(
                setting(d, at, "ErrorEquals", ["States.ALL", "States.Timeout"]), "ASL121", (*at, "ErrorEquals")
            )


# -- names


@mutator("Duplicate State name: X")
def duplicate_name(d: Json) -> Iterator[Mutant]:
    found = list(scopes(d))
    if len(found) > 1 and d.get("States"):
        name = next(iter(d["States"]))
        path, inner = found[1]
        if inner.get("States") and name not in inner["States"]:

            def rename(o: dict[str, Any]) -> None:
                start = o["StartAt"]
                o["States"] = {name if k == start else k: v for k, v in o["States"].items()}
                o["StartAt"] = name
                for state in o["States"].values():
                    for part in (state, *state.get("Catch", ()), *state.get("Choices", ())):
                        for key in ("Next", "Default"):
                            if part.get(key) == start:
                                part[key] = name

            yield Mutant(changed(d, path, rename), "ASL118", (*path, "States", name))


@mutator("exceeds the 80-character limit")
def long_name(d: Json) -> Iterator[Mutant]:
    for path, scope in scopes(d):
        if scope.get("States"):
            name = "N" * 81
            state = {"Type": "Pass", "Next": scope["StartAt"]}
            out = copy.deepcopy(d)
            target = get(out, path)
            target["States"][name] = state
            target["StartAt"] = name
            yield Mutant(out, "ASL117", (*path, "States", name))


@mutator("INVALID_LABEL_NAME: ... exceeds the 40-character limit")
def long_label(d: Json) -> Iterator[Mutant]:
    for at, _ in distributed_maps(d):
        yield Mutant(setting(d, at, "Label", "L" * 41), "ASL119", (*at, "Label"))


@mutator("DUPLICATE_LABEL_NAME: Duplicate Label name: <l>")
def duplicate_label(d: Json) -> Iterator[Mutant]:
    maps = list(distributed_maps(d))
    if len(maps) > 1:
        out = setting(setting(d, maps[0][0], "Label", "Planted"), maps[1][0], "Label", "Planted")
        yield Mutant(out, "ASL120", (*maps[1][0], "Label"))


# -- flow


@mutator("Missing 'Next' target: X")
def dangling(d: Json) -> Iterator[Mutant]:
    for path, _ in scopes(d):
        yield Mutant(setting(d, path, "StartAt", "Planted ghost"), "ASL201", (*path, "StartAt"), FLOW)
    for at, state in states(d):
        for field in ("Next", "Default"):
            if field in state:
                yield Mutant(setting(d, at, field, "Planted ghost"), "ASL201", (*at, field), FLOW)
    for sites in (choice_rules(d), retriers(d, "Catch")):
        for at, _ in sites:
            yield Mutant(setting(d, at, "Next", "Planted ghost"), "ASL201", (*at, "Next"), FLOW)


@mutator("Missing 'Next' target: X")
def out_of_scope(d: Json) -> Iterator[Mutant]:
    found = list(scopes(d))
    if len(found) > 1:
        outer = next(iter(d["States"]))
        path, inner = found[1]
        for at, state in own_states(inner, path):
            if "Next" in state and outer not in inner["States"]:
                yield Mutant(setting(d, at, "Next", outer), "ASL206", (*at, "Next"), FLOW)


@mutator('State "run_step" is not reachable.')
def orphan(d: Json) -> Iterator[Mutant]:
    for path, scope in scopes(d):
        if scope.get("States"):
            place = (*path, "States", "Planted orphan")
            yield Mutant(
                setting(d, (*path, "States"), "Planted orphan", {"Type": "Pass", "End": True}), "ASL202", place
            )
            yield Mutant(
                setting(d, (*path, "States"), "Planted orphan", {"Type": "Fail", "Error": "E", "Cause": "c"}),
                "ASL204",
                place,
            )


@mutator("Workflow has no terminal state")
def no_terminal(d: Json) -> Iterator[Mutant]:
    out = copy.deepcopy(d)
    for name, state in out["States"].items():
        if state.get("End") or state["Type"] in ("Succeed", "Fail"):
            out["States"][name] = {"Type": "Pass", "Next": d["StartAt"]}
    if len(list(scopes(out))) == 1:  # an end inside is enough for AWS
        yield Mutant(out, "ASL205", (), FLOW)


# -- Map


@mutator("The field 'Resource' does not match any of the allowed values")
def reader_resource(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Map"):
        if "ItemReader" in state:
            place = (*at, "ItemReader", "Resource")
            yield Mutant(setting(d, place[:-1], "Resource", "arn:aws:states:::s3:putObject"), "ASL124", place)


@mutator("The field 'CSVHeaderLocation' is required")
def csv_headers(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Map"):
        config = (state.get("ItemReader") or {}).get("ReaderConfig") or {}
        place = (*at, "ItemReader", "ReaderConfig")
        if config.get("InputType") == "CSV":
            yield Mutant(dropping(d, place, "CSVHeaderLocation"), "ASL101", place)


@mutator("These fields are required: [CSVHeaders]")
def csv_given(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Map"):
        config = (state.get("ItemReader") or {}).get("ReaderConfig") or {}
        place = (*at, "ItemReader", "ReaderConfig")
        if config.get("InputType") == "CSV":
            out = dropping(setting(d, place, "CSVHeaderLocation", "GIVEN"), place, "CSVHeaders")
            yield Mutant(out, "ASL101", place)


@mutator("Field 'CSVHeaderLocation' is not supported")
def csv_location_with_json(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Map"):
        config = (state.get("ItemReader") or {}).get("ReaderConfig") or {}
        place = (*at, "ItemReader", "ReaderConfig")
        if config.get("InputType") == "JSON":
            yield Mutant(setting(d, place, "CSVHeaderLocation", "FIRST_ROW"), "ASL103", place)


# -- resources


@mutator("Value is not a valid resource ARN")
def not_an_arn(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        if "Credentials" not in state:
            yield Mutant(setting(d, at, "Resource", "my-function"), "ASL604", (*at, "Resource"))


@mutator("is not recognized. The value is not a valid resource ARN")
def unknown_integration(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        if ":states:::lambda:invoke" in str(state.get("Resource")):
            yield Mutant(setting(d, at, "Resource", "arn:aws:states:::lambda:invok"), "ASL601", (*at, "Resource"))


@mutator("is not recognized. The value is not a valid resource ARN")
def unsupported_sync(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        if str(state.get("Resource")).endswith(":states:::lambda:invoke"):
            yield Mutant(setting(d, at, "Resource", "arn:aws:states:::lambda:invoke.sync"), "ASL602", (*at, "Resource"))


@mutator("field is required for resource ARN: arn:aws:states:::<svc>:<api>")
def no_parameters(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        if str(state.get("Resource")).endswith(":states:::lambda:invoke"):
            yield Mutant(dropping(d, at, "Parameters", "Arguments"), "ASL605", (*at, "Resource"))


@mutator("The field 'Credentials' is not supported for activities")
def credentials_on_activity(d: Json) -> Iterator[Mutant]:
    arn = "arn:aws:states:us-east-1:123456789012:activity:planted"
    role = {"RoleArn": "arn:aws:iam::123456789012:role/planted"}
    for at, _ in states(d, "Task"):
        out = changed(d, at, lambda o: o.update({"Resource": arn, "Credentials": role}))
        yield Mutant(out, "ASL122", at)


@mutator("Express state machine does not support '.sync' service integration")
def express_pattern(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        if str(state.get("Resource")).endswith((".sync", ".sync:2", ".waitForTaskToken")) or ":activity:" in str(
            state.get("Resource")
        ):
            yield Mutant(copy.deepcopy(d), "ASL603", (*at, "Resource"), ("ASL603", "ASL126"), express=True)


@mutator("The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines")
def express_distributed(d: Json) -> Iterator[Mutant]:
    for at, processor in processors(d):
        if (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED":
            yield Mutant(copy.deepcopy(d), "ASL126", (*at, "ProcessorConfig"), ("ASL603", "ASL126"), express=True)


# -- expressions


@mutator("Value must be a valid JSONPath.")
def bad_path(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task", "Pass", "Wait", "Map", "Parallel", "Choice", "Succeed"):
        if language(d, state) == "JSONPath":
            yield Mutant(setting(d, at, "InputPath", "planted.path"), "ASL401", (*at, "InputPath"))


@mutator("Value is not a Reference Path")
def no_reference_path(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task", "Pass", "Map", "Parallel"):
        if language(d, state) == "JSONPath":
            for path in ("$.planted[*]", "$..planted", "$.a[?(@.b)]"):
                yield Mutant(setting(d, at, "ResultPath", path), "ASL402", (*at, "ResultPath"))


@mutator("Value is not a Reference Path: Reference path didn't start with '$'")
def no_variable_path(d: Json) -> Iterator[Mutant]:
    for at, rule in choice_rules(d):
        if "Variable" in rule:
            yield Mutant(setting(d, at, "Variable", "planted"), "ASL402", (*at, "Variable"))


@mutator("must be a valid JSONPath or a valid intrinsic function call")
def bad_template_path(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Pass"):
        if language(d, state) == "JSONPath":
            for value in ("planted", "States.Planted($.a)", "States.Format('{}"):
                yield Mutant(setting(d, at, "Parameters", {"planted.$": value}), "ASL403", (*at, "Parameters"), DATA)


def jsonata_values(d: Json, code: str, *expressions: str) -> Iterator[Mutant]:
    for at, state in states(d, "Pass", "Wait", "Succeed"):
        if language(d, state) == "JSONata":
            for expression in expressions:
                yield Mutant(setting(d, at, "Output", {"planted": expression}), code, (*at, "Output", "planted"))


@mutator("JSONata string must start with {% and end with %}")
def bad_delimiters(d: Json) -> Iterator[Mutant]:
    yield from jsonata_values(d, "ASL410", "{% $states.input", "{% 1 %} and more")


@mutator("Unexpected end of expression")
def bad_jsonata(d: Json) -> Iterator[Mutant]:
    yield from jsonata_values(d, "ASL411", "{% $sum( %}", "{% [1, %}", "{% 1 + %}", "{% 'open %}", "{% .a %}")


@mutator("at the top level is not supported.")
def bare_references(d: Json) -> Iterator[Mutant]:
    yield from jsonata_values(
        d, "ASL412", "{% $ %}", "{% $.a %}", "{% planted %}", "{% $count(planted.a) %}", "{% [1, planted] %}"
    )


@mutator("Reference to '$$' is not supported.")
def root_reference(d: Json) -> Iterator[Mutant]:
    yield from jsonata_values(d, "ASL412", "{% $$ %}", "{% $$.a %}")


@mutator("Field '$states.errorOutput' does not exist.")
def no_error_output(d: Json) -> Iterator[Mutant]:
    yield from jsonata_values(d, "ASL412", "{% $states.errorOutput %}", "{% $states.errorOutput.Cause %}")


@mutator('The field "awsVpcConfiguration" is not supported by Step Functions')
def parameter_in_other_letters(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        field = "Arguments" if language(d, state) == "JSONata" else "Parameters"
        request = state.get(field)
        if str(state.get("Resource")).endswith(":states:::lambda:invoke") and isinstance(request, dict):
            if "FunctionName" in request:
                out = setting(
                    dropping(d, (*at, field), "FunctionName"), (*at, field), "functionName", request["FunctionName"]
                )
                yield Mutant(out, "ASL607", (*at, field))


@mutator("The field '<f>' is required but was missing")
def drop_required_parameter(d: Json) -> Iterator[Mutant]:
    for at, state in states(d, "Task"):
        field = "Arguments" if language(d, state) == "JSONata" else "Parameters"
        request = state.get(field)
        if str(state.get("Resource")).endswith(":states:::lambda:invoke") and isinstance(request, dict):
            out = dropping(d, (*at, field), "FunctionName", "FunctionName.$")
            yield Mutant(out, "ASL606", (*at, field))


# -- variables


def _assigning(d: Json) -> Iterator[Path]:
    """Yield the places of objects that may have an Assign: states, Catchers, and Choice rules at the top."""
    for at, state in states(d, "Task", "Pass", "Wait", "Parallel", "Map", "Choice"):
        yield at
        for field in ("Catch", "Choices"):
            for i, _ in enumerate(state.get(field) or ()):
                yield (*at, field, i)


@mutator("INVALID_VARIABLE_NAME: Invalid variable name '<v>': the variable name contains invalid characters.")
def invalid_variable_name(d: Json) -> Iterator[Mutant]:
    for at in _assigning(d):
        out = changed(d, at, lambda o: o.setdefault("Assign", {}).update({"planted-name": 1}))
        yield Mutant(out, "ASL420", (*at, "Assign"))


@mutator("RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'.")
def reserved_variable_name(d: Json) -> Iterator[Mutant]:
    for at in _assigning(d):
        out = changed(d, at, lambda o: o.setdefault("Assign", {}).update({"states": 1}))
        yield Mutant(out, "ASL421", (*at, "Assign"))
