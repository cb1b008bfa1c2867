"""asllint: a static analyser for Amazon States Language, the language of AWS Step Functions."""

__version__ = "0.1.0"

OK, FOUND, FAILED = 0, 1, 2
"""Exit statuses of the commands: nothing to say, findings, and what kept a command from its work (README.md)."""
