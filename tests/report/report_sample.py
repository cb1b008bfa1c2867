"""One report with every feature, made by hand: what the formats are shown on."""

from asllint.result import Diagnostic, RelatedPlace, Report, RuleInfo
from asllint.rule import Fix
from asllint.source.text import Text

ORDER = Text(
    "machines/order.asl.json",
    """\
{
  "StartAt": "Charge",
  "States": {
    "Charge": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 99999999}],
      "Next": "ShipOrdr"
    },
    "ShipOrder": {
      "Type": "Pass",
      "End": true,
      "End": true
    }
  }
}
""",
)
NAIVE = Text(
    "flows/naïve 100%.asl.yaml",
    "StartAt: 注文\nStates:\n  注文:\n\tType: Sucess\n  'b\u0301ad\x07':  # 𝔘\n    Type: Fail\n    QueryLanguage: JSONPath\n",
)
CUT = Text("cut.asl.json", '{"StartAt": "A",\r\n "States": {\r\n')
MINIFIED = Text(
    "build/min.asl.json",
    '{"StartAt":"S0","States":{'
    + ",".join(f'"S{i}":{{"Type":"Pass","Next":"S{i + 1}"}}' for i in range(40))
    + ',"S40":{"Type":"Succeed","Next":"S41"}}}',
)

RULES = {
    rule.code: rule
    for rule in (
        RuleInfo(
            "ASL002",
            "duplicate-key",
            "warning",
            short="A key stands twice in one object.",
            page="A key stands twice in one object.\n\nThe last one counts.\n\n## Why it matters\n\nThe first is lost.\n",
            group="document",
        ),
        RuleInfo(
            "ASL001",
            "syntax-error",
            "error",
            short="The text is no JSON.",
            page="The text is no JSON.\n",
            group="document",
            aws_code="INVALID_JSON_DESCRIPTION",
            rejected_by_aws=True,
        ),
        RuleInfo("ASL101", "unknown-type", "error", short="No such type of state.", group="structure"),
        RuleInfo(
            "ASL203",
            "missing-transition-target",
            "error",
            short="A transition names a state that is not there.",
            page="A transition names a state that is not there.\n\n## What to do\n\nName one that is.\n",
            group="flow",
            tags=("transition",),
            aws_code="MISSING_TRANSITION_TARGET",
            rejected_by_aws=True,
        ),
        RuleInfo("ASL301", "infinite-retry-risk", "warning", short="A retrier waits for years.", group="errors"),
        RuleInfo(
            "ASL701",
            "iam-permissions",
            "note",
            short="A task needs these permissions.",
            group="iam",
            precision="high",
            security_severity=5,
        ),
    )
}


def report() -> Report:
    out = Report()
    out.files = sorted(t.name for t in (ORDER, NAIVE, CUT, MINIFIED))
    out.skipped = [("template.yaml", "holds no state machine")]

    syntax = find(
        CUT, "ASL001", "syntax-error", "error", None, "The text ends inside an object.", cure="Close it with `}`."
    )
    syntax.related = (RelatedPlace(0, 1, "it is opened here"),)
    syntax.rejected_by_aws, syntax.aws_code = True, "INVALID_JSON_DESCRIPTION"

    target = find(
        ORDER,
        "ASL203",
        "missing-transition-target",
        "error",
        '"ShipOrdr"',
        "`Next` names `ShipOrdr`, and there is no such state: AWS refuses the definition.",
        cure="Write `ShipOrder`.",
        details="States of this machine:\n\n- `Charge`\n- `ShipOrder`",
        pointer="/States/Charge/Next",
        state="Charge",
        aws_code="MISSING_TRANSITION_TARGET",
        rejected_by_aws=True,
        related=(place(ORDER, '"ShipOrder"', "`ShipOrder` is here"),),
        fix=Fix("Replace it by `ShipOrder`", [(*span(ORDER, "ShipOrdr"), "ShipOrder")], safe=False),
    )
    end = '"End": true'
    twice = find(
        ORDER,
        "ASL002",
        "duplicate-key",
        "warning",
        '"End"',
        "`End` stands twice.",
        nth=1,
        pointer="/States/ShipOrder/End",
        state="ShipOrder",
        related=(place(ORDER, '"End"', "the first is here"),),
        fix=Fix("Drop the first", [(*span(ORDER, end + ",\n      "), "")], safe=True),
    )
    permissions = find(
        ORDER,
        "ASL701",
        "iam-permissions",
        "note",
        '"Charge": {\n      "Type": "Task",\n      "Resource": "arn:aws:states:::lambda:invoke"',
        "The role needs `lambda:InvokeFunction`.",
        details='```json\n{"Action": "lambda:InvokeFunction"}\n```',
        pointer="/States/Charge",
        state="Charge",
    )
    retrier = find(
        ORDER,
        "ASL301",
        "infinite-retry-risk",
        "warning",
        "99999999",
        "99,999,999 attempts wait for years.",
        pointer="/States/Charge/Retry/0/MaxAttempts",
        state="Charge",
    )
    retrier.suppressed = "the queue is drained by hand"
    wide = find(
        NAIVE,
        "ASL101",
        "unknown-type",
        "error",
        "Sucess",
        "`Sucess` is no type of state.\nThe types are: Task, Succeed …",
        pointer="/States/注文/Type",
        state="注文",
    )
    beside = find(NAIVE, "ASL101", "unknown-type", "note", "JSONPath", "`JSONPath` is the default.", pointer="/States")
    beside.baselined = True
    unread = Diagnostic("gone.asl", None, "ASL000", "unreadable", "error", "The file cannot be read.", 0, 0)
    long = find(
        MINIFIED,
        "ASL203",
        "missing-transition-target",
        "error",
        '"S41"',
        "There is no state `S41`.",
        pointer="/States/S40/Next",
        state="S40",
    )
    out.diagnostics = [long, syntax, wide, beside, unread, permissions, retrier, target, twice]
    return out


def span(text, needle, nth=0):
    at = -1
    for _ in range(nth + 1):
        at = text.content.index(needle, at + 1)
    return at, at + len(needle)


def place(text, needle, message):
    return RelatedPlace(*span(text, needle), message)


def find(text, code, name, severity, needle, message, *, nth=0, **more):
    start, end = span(text, needle, nth) if needle is not None else (len(text.content),) * 2
    return Diagnostic(text.name, text, code, name, severity, message, start, end, **more)
