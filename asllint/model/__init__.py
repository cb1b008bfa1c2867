"""The model: the abstract syntax tree of a definition, its graph, and what does not fit the table of fields."""

from asllint.model.build import build, fragment_of
from asllint.model.graph import Graph
from asllint.model.machine import (
    Catcher,
    ChoiceRule,
    ChoiceState,
    Element,
    FailState,
    MapState,
    ParallelState,
    PassState,
    Retrier,
    Scope,
    State,
    StateMachine,
    SucceedState,
    TaskState,
    Transition,
    WaitState,
)
from asllint.model.shape import Mismatch

__all__ = [
    "Catcher",
    "ChoiceRule",
    "ChoiceState",
    "Element",
    "FailState",
    "Graph",
    "MapState",
    "Mismatch",
    "ParallelState",
    "PassState",
    "Retrier",
    "Scope",
    "State",
    "StateMachine",
    "SucceedState",
    "TaskState",
    "Transition",
    "WaitState",
    "build",
    "fragment_of",
]
