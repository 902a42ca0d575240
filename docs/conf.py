"""How Sphinx builds these pages: Markdown in, furo's look, a warning is an error (`make docs`)."""

import re
from pathlib import Path

project = "Tocsin"
author = "The Tocsin founders"
copyright = "2026, The Tocsin founders"  # noqa: A001  Sphinx's own name for it
release = re.findall(r"^## ([0-9][^ \n]*)", (Path(__file__).parents[1] / "CHANGELOG.md").read_text(), re.MULTILINE)[0]

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "decisions/template.md"]
nitpicky = True

html_theme = "furo"
html_title = f"Tocsin {release}"
html_show_sphinx = False
html_copy_source = False
