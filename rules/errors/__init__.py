"""Rules on Retry and Catch."""
