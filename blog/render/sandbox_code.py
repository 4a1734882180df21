"""Templates → Python in which everything that costs is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, operators

if TYPE_CHECKING:
    from jinja2.compiler import Frame


class CountingCodeGenerator(CodeGenerator):
    """Writes Python in which everything that costs is counted, and works nothing out before there is a page."""

    # ruff: noqa: N802  (Jinja finds these by the names of its nodes)

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """Each part that can be carried out more than once says first what that costs."""
        parts = (nodes.Block, nodes.Macro, nodes.CallBlock, nodes.For)
        weights = _weights(node)
        every: list[nodes.Node] = [node, *node.find_all(parts)]
        for part, steps in [(part, nodes.Const(weights[id(part)])) for part in every]:
            if isinstance(part, nodes.For) and not part.recursive:
                part.iter = _own("turns", [part.iter, steps], part)  # type: ignore[list-item]  # it is an expression
            elif isinstance(part, nodes.Template | nodes.Block):
                part.body.insert(0, _said(_own("enter", [nodes.ContextReference(), steps], part)))
            else:
                part.body.insert(0, _said(_own("spend", [steps], part)))  # type: ignore[attr-defined]
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Compile a call; a call of the sandbox's own functions is not checked."""
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
        """``a ~ b``."""
        self.visit(_own("joined", [nodes.Tuple(node.nodes, "load")], node), frame)

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        """Two values; nothing is counted where one is written out and the other is not searched."""
        short = isinstance(node.expr, nodes.Const) or any(isinstance(each.expr, nodes.Const) for each in node.ops)
        short = short and len(node.ops) == 1 and node.ops[0].op not in {"in", "notin"}
        self.write("(")
        self._compared(node.expr, frame, short)
        for each in node.ops:
            self.write(f" {operators[each.op]} ")
            self._compared(each.expr, frame, short)
        self.write(")")

    def _compared(self, node: nodes.Expr, frame: Frame, short: bool) -> None:
        self.visit(node if short or isinstance(node, nodes.Const) else _own("weighed", [node], node), frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        """A key is looked at whole, however it is made up."""
        for pair in node.items:
            if not isinstance(pair.key, nodes.Const):
                pair.key = _own("weighed", [pair.key], node)
        super().visit_Dict(node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """A piece of a text or list is a copy."""
        sliced = isinstance(node.arg, nodes.Slice)
        self.write("environment.check_result(" if sliced else "")
        super().visit_Getitem(node, frame)
        self.write(")" if sliced else "")

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


def _own(name: str, args: list[nodes.Expr], place: nodes.Node) -> nodes.Call:
    """The call of a method of :class:`Sandbox`, which no template can write."""
    line = place.lineno
    return nodes.Call(nodes.EnvironmentAttribute(name, lineno=line), args, [], None, None, lineno=line)


def _said(call: nodes.Call) -> nodes.Stmt:
    return nodes.ExprStmt(call, lineno=call.lineno)


def _weights(tree: nodes.Node) -> dict[int, int]:
    """Return the cost of each node, by its ``id``, for one execution without loops and calls inside."""
    above: dict[int, nodes.Node] = {}
    every = [tree]
    for node in every:  # it grows: each node comes before what is in it
        for child in node.iter_child_nodes():
            above[id(child)] = node
            every.append(child)
    weights = {id(node): len(node.data) if isinstance(node, nodes.TemplateData) else 1 for node in every}
    for node in reversed(every[1:]):
        weights[id(above[id(node)])] += weights[id(node)]
    return weights
