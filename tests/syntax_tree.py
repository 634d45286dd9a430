"""Compare code shown in a notebook with the library's, but for comments, docstrings, annotations.
"""
import ast
import importlib.util
from pathlib import Path


def tree(code, name):
    """Return a function's or class's tree, without docstrings, decorators and annotations, or None.
    """
    found = [node for node in ast.parse(code).body if getattr(node, "name", None) == name]
    for node in (part for top in found for part in ast.walk(top)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.decorator_list = []
            node.body = node.body[ast.get_docstring(node) is not None:]
        for annotation in {"returns", "annotation"} & set(node._fields):
            setattr(node, annotation, None)
    return ast.dump(found[0]) if found else None


def in_library(module, name):
    """Return the syntax tree of a library's function, or None."""
    spec = importlib.util.find_spec(module)
    return tree(Path(spec.origin).read_text(encoding="utf-8"), name) if spec else None
