"""asllint: a static analyser for Amazon States Language, the language of AWS Step Functions."""

__version__ = "0.1.0"
