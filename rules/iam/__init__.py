"""Rules on what the execution role must allow."""
