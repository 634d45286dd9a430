"""The course's extension of Sphinx: pages from other folders, notebooks made ready to be read,
docstrings in plain text.
"""
import itertools
import json
import os
import re
from pathlib import Path

import course_text
import notebook_files as nb
from course_text import ROOT, SITE
from docutils import nodes
from sphinx.project import Project

NAMES = r"(?!Notebooks: )\*{0,2}\w+(?:, \*{0,2}\w+)*: "  # what begins the line of an argument
# "name":[width,height,[aliases],"number","path" or [paths]],
ICON = re.compile(r'"?([\w-]+)"?:\[\d+,\d+,\[([^\]]*)\],"[0-9a-f]+",(?:"[^"]*"|\[[^\]]*\])\],?')
SHIPPED = {".png", ".svg", ".jpg", ".bib", ".json"}  # files that the site brings along
SHOW = {"code_prompt_show": "Show what happened", "code_prompt_hide": "Hide what happened"}
GUARD = {"code_prompt_show": "Show what is asserted here", "code_prompt_hide": "Hide it"}


class Course(Project):
    """A project whose pages may be files outside its folder: the notebooks are not copied."""

    def discover(self, *args, **kwargs):
        """Return the names of all pages."""
        super().discover(*args, **kwargs)
        self.docnames |= set(self.files)
        return self.docnames

    def path2doc(self, filename):
        """Return the page of a file, or None."""
        return self.names.get(Path(self.srcdir, filename)) or super().path2doc(filename)

    def doc2path(self, docname, absolute):
        """Return the file of a page; from the site's folder, if not absolute."""
        path = self.files.get(docname)
        if path is None:
            return super().doc2path(docname, absolute)
        return type(self.srcdir)(path if absolute else os.path.relpath(path, SITE))


def take_pages(app):
    """Let the project find the pages of other folders, too."""
    app.project.__class__ = Course
    app.project.files = course_text.outside()
    app.project.names = {path: name for name, path in app.project.files.items()}


# ---- before a page is read


def prepare(app, docname, source):
    """Fill a page in, or make a notebook ready."""
    path = Path(app.env.doc2path(docname))
    repository = app.config.course_repository
    if path.suffix == ".ipynb":
        app.env.note_dependency(str(SITE / "glossary.md"))
        source[0] = json.dumps(ready(json.loads(source[0]), path, repository))
    elif path.suffix == ".md":
        text = course_text.filled(source[0])
        if path.name == "glossary.md":
            text = course_text.with_first_uses(text)
        source[0] = with_addresses(text, path.parent, repository)


def ready(notebook, path, repository):
    """Return a notebook with its outputs after a prompt and its guards folded, with a label at each
    term's first use, and with whole addresses for what is no page.
    """
    terms, markdown, asked = course_text.first_used_in(path), 0, False
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            asked = bool(nb.PROMPT.search(text))
            for term in terms.get(markdown, []):
                text = labelled(text, term)
            cell["source"] = with_addresses(text, path.parent, repository)
            markdown += 1
        elif "guard" in cell["metadata"].get("tags", []):
            fold(cell, "hide-cell", GUARD)
        elif asked and cell.get("outputs"):
            fold(cell, "hide-output", SHOW)
            asked = False
    return notebook


def fold(cell, tag, prompts):
    """Tag a code cell, so that it is folded under these words."""
    metadata = cell["metadata"]
    metadata["tags"] = [*metadata.get("tags", []), tag]
    metadata["mystnb"] = {**metadata.get("mystnb", {}), **prompts}


def labelled(text, term):
    """Return a cell's text with a label before the paragraph that has the term, or before the cell
    if the term stands in a table, a list or a fold.
    """
    words = r"[\s-]+".join(re.escape(word) for word in term.split())
    blocks = text.split("\n\n")
    bold = [k for k, block in enumerate(blocks) if re.search(rf"\*\*{words}", block, re.I)]
    plain = [k for k, block in enumerate(blocks) if re.search(words, block, re.I)]
    k = (bold or plain)[0]
    folded = "<details>" in "\n\n".join(blocks[:k + 1])
    if folded or not re.match(r"(?!\* )[A-Za-z*`$#]", blocks[k]):
        k = 0
    blocks[k] = f"({course_text.label(term)})=\n\n{blocks[k]}"
    return "\n\n".join(blocks)


def with_addresses(text, folder, repository):
    """Return Markdown whose relative links to files that are no page lead to the repository."""
    pages = set(course_text.outside().values()) | set(SITE.glob("*.md"))

    def address(match):
        path = Path(os.path.normpath(folder / match[1]))
        if path in pages or path.suffix in SHIPPED or not path.exists():
            return match[0]
        kind = "tree" if path.is_dir() else "blob"
        return f"{repository}/{kind}/main/{path.relative_to(ROOT).as_posix()}"

    return course_text.RELATIVE.sub(address, text)


# ---- docstrings


def readable(app, what, name, obj, options, lines):
    """Turn a docstring in plain text into reStructuredText, in place."""
    made = getattr(obj, "claim", None)
    if made is not None and not any(lines):
        lines[:] = [f"{made.statement} ({made.unit}; {made.side}; {made.n} seeds)"]
    lines[:] = plain_text("\n".join(lines)).split("\n")


def plain_text(text):
    """Return reStructuredText that shows a docstring: paragraphs, `name: text` as a list, tables
    and examples as they are.
    """
    return "\n\n".join(_block(b) for b in re.split(r"\n\s*\n", text.strip()) if b)


def _block(block):
    if re.match(r"\s*>>> ", block):
        return block
    if block.startswith(" ") or re.search(r"\S {3,}\S", block):
        return "::\n\n" + "\n".join("    " + line for line in block.split("\n"))
    ends = rf"\n(?={NAMES})"
    if re.match(NAMES, block):
        ends += r"|(?<=\.)\n(?=\S)|\n(?=[A-Z])"
    return "\n\n".join(map(_item, re.split(ends, block)))


def _item(text):
    """Return one paragraph, or one item of a list, from lines that belong together."""
    mark = "- " if re.match(NAMES, text) else ""
    return mark + escaped(" ".join(line.strip() for line in text.split("\n")))


def escaped(text):
    """Return a line of plain text for reStructuredText: only backticks have a meaning."""
    parts = re.split(r"`([^`]+)`", text)
    plain = [re.sub(r"([*|\\`]|(?<=\w)_\b)", r"\\\1", part) for part in parts[::2]]
    code = [f"\\ ``{part}``\\ " for part in parts[1::2]] + [""]
    return "".join(itertools.chain(*zip(plain, code, strict=True)))


# ---- after a page is resolved


def light(app, doctree, docname):
    """Let a page's figures load when they come into sight, but for the home page's first."""
    for image in doctree.findall(nodes.image):
        if docname != app.config.root_doc:
            image["loading"] = "lazy"


def slim_icons(app, exception):
    """Leave in the theme's 1.5 MB of icons only those that some page shows."""
    path = Path(app.outdir, "_static", "scripts", "fontawesome.js")
    if exception is None and path.exists():
        shown = [*Path(app.outdir).rglob("*.html"), *path.parent.glob("*theme.js")]
        texts = (file.read_text(encoding="utf-8") for file in shown)
        names = set(itertools.chain.from_iterable(re.findall(r"\bfa-([\w-]+)", t) for t in texts))
        path.write_text(without_icons(path.read_text(encoding="utf-8"), names), encoding="utf-8")


def without_icons(script, names):
    """Return Font Awesome's script with the icons of these names, or aliases, only."""
    def kept(match):
        return match[0] if names & set(re.findall(r"[\w-]+", f"{match[1]} {match[2]}")) else ""

    return ICON.sub(kept, script)


def changed(app, env, added, outdated, removed):
    """Return the pages to read anew in any case: those that hold text of other files."""
    return [name for name in env.found_docs if name not in app.project.files]


def setup(app):
    """Connect all of it."""
    app.add_config_value("course_repository", "", "env")
    app.connect("builder-inited", take_pages)
    app.connect("source-read", prepare)
    app.connect("autodoc-process-docstring", readable)
    app.connect("doctree-resolved", light)
    app.connect("env-get-outdated", changed)
    app.connect("build-finished", slim_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
