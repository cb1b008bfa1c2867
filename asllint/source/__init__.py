"""Text, positions, and the tolerant readers of JSON and YAML; nothing here knows ASL."""
