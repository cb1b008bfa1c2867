"""``python -m asllint``."""

from asllint.cli import run

run()
