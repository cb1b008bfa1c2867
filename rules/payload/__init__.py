"""Rules on what the data holds at each state: paths that lead to nothing, values of a kind that cannot be used."""
