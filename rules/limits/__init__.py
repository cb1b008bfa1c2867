"""Rules on quotas: time, history, size of data, concurrency."""
