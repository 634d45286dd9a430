"""From a notebook edited in JupyterLab back to its source. No files, no kernels."""
import re

from tools.notebooks import source as ns


def reinsert(code, edited):
    """Return `code` with the text around its solutions as in `edited`, or None where a stub was
    edited.
    """
    result, rest = "", edited
    for region in ns.REGION.finditer(code):
        found = re.search(rf"^{re.escape(ns.stub(region))}$", rest, re.MULTILINE)
        if not found:
            return None
        result, rest = result + rest[:found.start()] + region[0], rest[found.end():]
    try:
        return result + rest if ns.learner(result + rest) == edited else None
    except (ns.SourceError, SyntaxError):
        return None


def partners(cells, fresh):
    """Return, for each cell, which fresh one it comes from: by id, else by contents; None for a new
    cell.
    """
    left = {cell.id: n for n, cell in enumerate(fresh)}
    found = [left.pop(cell.get("id"), None) for cell in cells]
    contents = {fresh[n].source: n for n in left.values()}
    return [
        contents.pop(cell.source, None) if n is None else n
        for n, cell in zip(found, cells, strict=True)
    ]


def source_code(cell, made, old):
    """Return the source text of an edited cell that comes from the source cell `old` (None if new).
    """
    if old is None:
        return cell.source
    if cell.source == made.source:
        return old.source
    return reinsert(old.source, cell.source) if ns.REGION.search(old.source) else cell.source


def merge(source, notebook):
    """Return the source cells with the notebook's edits in them, and one sentence for each edit not
    taken.
    """
    made = ns.generate(source)
    fresh = ns.assemble([cell for cell, _ in made]).cells
    if ns.built_from(notebook) != ns.digest(fresh):
        raise ns.SourceError(
            "the source was edited after the notebook was built: `build --force` keeps it, "
            "undoing the source's edits keeps the notebook's"
        )
    result, refused = [], []
    for cell, n in zip(notebook.cells, partners(notebook.cells, fresh), strict=True):
        if ns.is_fold(cell):
            if n is None or cell.source != fresh[n].source:
                refused.append(
                    "a folded solution was edited, but it is made from the source: edit that"
                )
            continue
        index = None if n is None else made[n][1]
        old = None if index is None else source[index]
        code = source_code(cell, n is not None and fresh[n], old)
        if code is None:
            refused.append(
                f"{ns.words_for(cell)}: its stub was edited, so the source keeps the cell as it was"
            )
            code = old.source
        layout = (
            {key: value for key, value in old.metadata.items() if key not in ns.KEPT} if old else {}
        )
        result.append(ns.new_cell(cell.cell_type, code, layout | ns.kept(cell)))
        if old and (remarks := ns.tagged(source, index + 1, "solution")):
            result.append(remarks)
    return result, refused


def renew(notebook, text):
    """Give the notebook the ids, folds and digest of one built from `text`, whose other cells it
    has.
    """
    fresh = ns.learner_notebook(text)
    mine = [cell for cell in notebook.cells if "solution" not in ns.tags(cell)]
    theirs = [cell for cell in fresh.cells if not ns.is_fold(cell)]
    for cell, other in zip(mine, theirs, strict=True):
        cell["id"] = other.id
    rest = iter(mine)
    notebook.cells = [cell if ns.is_fold(cell) else next(rest) for cell in fresh.cells]
    notebook.metadata["course"] = fresh.metadata["course"]


def bring_back(text, notebook):
    """Return the source text with the notebook's edits in it, and one sentence for each edit not
    taken.

    Cells are matched by id. The notebook's ids and digest are renewed, so that it can be edited and
    brought back again. SourceError when the source changed since the notebook was built, or would
    no longer build.
    """
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    for cell in notebook.cells:
        cell.source = cell.source.strip("\n")
    source = ns.read(text)
    result, refused = merge(source, notebook)
    before, after = (
        [(c.cell_type, c.source, c.metadata) for c in cells] for cells in (source, result)
    )
    new_text = text if before == after else ns.write(result)
    renew(notebook, new_text)
    return new_text, refused
