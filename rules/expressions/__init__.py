"""Rules on the expressions inside strings: paths, intrinsic functions, JSONata, variables."""
