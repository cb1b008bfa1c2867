"""Rules on style: off unless selected."""
