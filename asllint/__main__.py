"""``python -m asllint``."""

import sys

from asllint.cli import main

sys.exit(main())
