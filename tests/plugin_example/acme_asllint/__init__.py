"""Acme's rules: each file that does not begin with an underscore holds one."""
