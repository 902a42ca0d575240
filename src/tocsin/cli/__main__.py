"""Lets `python -m tocsin.cli` do what `tocsin` does: children are started so."""

import sys

from tocsin.cli import main

sys.exit(main())
