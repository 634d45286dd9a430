"""The settings of the website, for Sphinx: `make site`."""
import sys
from pathlib import Path

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
sys.path[:0] = [str(SITE), str(ROOT)]

import course_text  # noqa: E402  found through the line above
import mathjax  # noqa: E402

# The address of the repository. As long as it holds OWNER, no button leads there.
REPOSITORY = "https://github.com/OWNER/REPO"
# The addresses of services that open a notebook, say {"binderhub_url": "https://..."}; the keys are
# those of sphinx-book-theme. A service needs the course's library there; see environment.yml.
LAUNCH = {}


def buttons(repository, launch):
    """Return the theme's options for buttons that lead away: none before it is published."""
    published = "/OWNER/" not in repository
    return {
        "repository_url": repository,
        "repository_branch": "main",
        "use_repository_button": published,
        "use_issues_button": published,
        "launch_buttons": {"notebook_interface": "jupyterlab", **launch} if published else {},
    }


project = "Optimization for Deep Learning"
author = "The contributors to this course"
copyright = "code: MIT licence; text and figures: CC BY 4.0"
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "course_site",
]
root_doc = "index"
exclude_patterns = ["README.md"]
course_repository = REPOSITORY

# notebooks: executed already, their maths in dollars
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_ipywidgets_js = {}
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "colon_fence",
                          "attrs_block", "attrs_inline"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]  # a panel with sliders has no picture here

# the library's docstrings are plain text; course_site makes them readable
autodoc_member_order = "bysource"
default_role = "code"
highlight_language = "text"
add_module_names = False
nitpick_ignore_regex = [(r"py:.*", r"(object|collections\.abc\..*|numpy\..*|dataclasses\..*)")]

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static", str(mathjax.folder()), str(ROOT / "course_lib" / "explorer.js")]
html_css_files = ["course.css"]
html_js_files = [("evidence.js", {"defer": "defer"})]
html_favicon = "static/favicon.svg"
html_copy_source = False
html_use_index = False  # one searches
html_domain_indices = False
html_show_sourcelink = False
html_last_updated_fmt = None
html_context = {"default_mode": "auto"}  # light or dark, as the system is
html_theme_options = {
    **buttons(REPOSITORY, LAUNCH),
    "path_to_docs": "",
    "use_source_button": False,
    "use_download_button": False,
    "home_page_in_toc": True,
    "navbar_persistent": [],
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
mathjax_path = "mathjax/tex-mml-chtml.js"
mathjax3_config = {"options": {"enableMenu": False}}

course_text.write_api_pages()
