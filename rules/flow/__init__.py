"""Rules on transitions: targets, reachability, ends."""
