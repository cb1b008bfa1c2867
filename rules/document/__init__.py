"""Rules on the text: syntax, duplicate keys, size."""
