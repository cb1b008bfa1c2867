"""What the rules share; a name with an underscore in front is no rule file."""

from __future__ import annotations


def account_of(arn: str) -> tuple[int, int] | None:
    """Return where the account stands in an ARN (start and end), None where there is none."""
    parts = arn.split(":")
    if len(parts) < 6 or parts[0] != "arn" or not parts[4].isdecimal():
        return None
    start = sum(len(part) + 1 for part in parts[:4])
    return start, start + len(parts[4])
