"""A test asserts something."""

from __future__ import annotations

import ast

from tests.house import tree

ASSERTING = ("raises", "warns", "fail", "run_state_machine_as_test")
"""Calls that fail a test by themselves. So does any function whose name begins with `assert`."""


def asserts(test: ast.AST) -> bool:
    """Whether anything in a test can fail it on purpose."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = str(getattr(node.func, "attr", "") or getattr(node.func, "id", ""))
            if name in ASSERTING or name.lstrip("_").startswith("assert"):
                return True
    return False


def without_assertion(module: ast.Module) -> list[str]:
    """The tests of a file, in classes too, that can only fail by accident."""
    return [
        f"line {node.lineno}: {node.name}"
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not asserts(node)
    ]


def test_every_test_asserts() -> None:
    """A test that only runs the code passes when the code is wrong, and counts as covered."""
    found = [
        f"{tree.shown(path)}, {fault}"
        for path in tree.python_files("tests", "plugins", "src/innovationhub/testing")
        for fault in without_assertion(tree.parsed(path))
    ]
    assert not found, "\n".join(found)


def test_a_test_that_only_runs_is_found() -> None:
    """Calling is not asserting; expecting an exception is."""
    assert without_assertion(ast.parse("def test_x():\n    run()\n"))
    assert without_assertion(ast.parse("class TestX:\n    async def test_x(self):\n        run()\n"))
    assert not without_assertion(ast.parse("def test_x():\n    assert run()\n"))
    assert not without_assertion(ast.parse("def test_x():\n    with pytest.raises(E):\n        run()\n"))
    assert not without_assertion(ast.parse("def test_x():\n    assert_agree(a, b)\n"))
    assert not without_assertion(ast.parse("def helper():\n    run()\n"))
