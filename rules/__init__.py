"""The rules that asllint ships, a group a folder, a rule a file. Installed as ``asllint.rules``."""
