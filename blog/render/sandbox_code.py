"""The code generator of the sandbox: templates → Python that counts each operation with a cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, operators

if TYPE_CHECKING:
    from jinja2.compiler import Frame

_CHARGED_PARTS = (nodes.Block, nodes.Macro, nodes.CallBlock, nodes.For)
"""The parts of a template that can be executed more than once."""


class CountingCodeGenerator(CodeGenerator):
    """Generates calls of the counting methods of :class:`blog.render.sandbox.Sandbox`, and folds no constants."""

    # ruff: noqa: N802  (Jinja finds these by the names of its nodes)

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """Compile a template, in which each part that can be executed more than once is charged at its start."""
        weights = _weigh_nodes(node)
        parts: list[nodes.Node] = [node, *node.find_all(_CHARGED_PARTS)]
        for part in parts:
            _insert_charge(part, weights[id(part)])
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Compile a call; a call of a method of the sandbox itself is not checked."""
        if not isinstance(node.node, nodes.EnvironmentAttribute):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for arg in node.args:
            self.visit(arg, frame)
            self.write(", ")
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        """Compile ``a ~ b``."""
        self.visit(_call_sandbox("concatenate", [nodes.Tuple(node.nodes, "load")], node), frame)

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        """Compile a comparison, in which the values are charged unless the comparison is cheap."""
        is_cheap = _is_cheap(node)
        self.write("(")
        self._visit_operand(node.expr, frame, is_cheap)
        for operand in node.ops:
            self.write(f" {operators[operand.op]} ")
            self._visit_operand(operand.expr, frame, is_cheap)
        self.write(")")

    def _visit_operand(self, node: nodes.Expr, frame: Frame, is_cheap: bool) -> None:
        if not is_cheap and not isinstance(node, nodes.Const):
            node = _call_sandbox("charge", [node], node)
        self.visit(node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        """Compile a dict, in which keys are charged: all that is in a key is hashed."""
        for pair in node.items:
            if not isinstance(pair.key, nodes.Const):
                pair.key = _call_sandbox("charge", [pair.key], node)
        super().visit_Dict(node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """Compile ``a[b]``, in which a slice is charged: it is a copy of a part of the text or list."""
        if not isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame)
            return
        self.write("environment.charge_result(")
        super().visit_Getitem(node, frame)
        self.write(")")

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


def _is_cheap(node: nodes.Compare) -> bool:
    """Return whether one comparison has a constant operand, and does not search in a value."""
    if len(node.ops) != 1:
        return False
    operand = node.ops[0]
    if operand.op in {"in", "notin"}:
        return False
    return isinstance(node.expr, nodes.Const) or isinstance(operand.expr, nodes.Const)


def _insert_charge(part: nodes.Node, weight: int) -> None:
    """Insert a call of the sandbox that counts ``weight`` steps for each execution of ``part``."""
    steps = nodes.Const(weight)
    if isinstance(part, nodes.For) and not part.recursive:
        part.iter = _call_sandbox("charge_turns", [part.iter, steps], part)  # type: ignore[list-item]  # an expression
        return
    if isinstance(part, nodes.Template | nodes.Block):
        call = _call_sandbox("charge_scope", [nodes.ContextReference(), steps], part)
    else:
        call = _call_sandbox("spend", [steps], part)
    part.body.insert(0, nodes.ExprStmt(call, lineno=call.lineno))  # type: ignore[attr-defined]  # each part has one


def _call_sandbox(method: str, args: list[nodes.Expr], place: nodes.Node) -> nodes.Call:
    """Return the call of a method of :class:`blog.render.sandbox.Sandbox`. No template can contain such a call."""
    line = place.lineno
    return nodes.Call(nodes.EnvironmentAttribute(method, lineno=line), args, [], None, None, lineno=line)


def _weigh_nodes(tree: nodes.Node) -> dict[int, int]:
    """Return the cost of each node, by its ``id``, for one execution without loops and calls inside."""
    parents: dict[int, nodes.Node] = {}
    descendants = [tree]
    for node in descendants:  # the list grows meanwhile: each node comes before its children
        for child in node.iter_child_nodes():
            parents[id(child)] = node
            descendants.append(child)
    weights = {id(node): _weigh_node(node) for node in descendants}
    for node in reversed(descendants[1:]):
        weights[id(parents[id(node)])] += weights[id(node)]
    return weights


def _weigh_node(node: nodes.Node) -> int:
    return len(node.data) if isinstance(node, nodes.TemplateData) else 1
