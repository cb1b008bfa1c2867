"""Rules on the resources that a Task calls."""
