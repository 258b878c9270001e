"""What a refusal says in English has no Chinese words in it, wherever in the product it is raised."""

import ast
import re
from pathlib import Path
from string import Formatter

import yijie

HAN = re.compile("[\u4e00-\u9fff]")
TREES = {path: ast.parse(path.read_text()) for path in Path(yijie.__file__).parent.rglob("*.py")}


def english():
    """Class → the facts that its English text names."""
    found = {}
    for tree in TREES.values():
        for node in ast.walk(tree):
            for line in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") in ("en", "wrong_en"):
                    text = "".join(str(part.value) for part in ast.walk(line.value) if isinstance(part, ast.Constant))
                    found[node.name] = {name for _, name, _, _ in Formatter().parse(text) if name}
    return found


def chinese(value):
    """Chinese words in an expression, those of wordings that have English beside them left out."""
    if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "Text":
        return []
    if isinstance(value, ast.Constant):
        return [value.value] if isinstance(value.value, str) and HAN.search(value.value) else []
    return [text for child in ast.iter_child_nodes(value) for text in chinese(child)]


def test_facts_of_english_texts_are_said_in_english():
    named = english()
    assert len(named) > 100
    found = [
        f"{path.name}:{node.lineno} {fact.arg}={words}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for fact in node.keywords
        if fact.arg in named.get(getattr(node.func, "id", getattr(node.func, "attr", "")), ())
        for words in chinese(fact.value)
    ]
    assert found == []
