"""The figures of the code are counted as the table says."""

from tests.code_table import code_lines, functions_in

SOURCE = '''"""Words."""

# A comment.
def f(a, b):
    """Docstring,
    of two lines."""
    if a and b:  # counts: the line has code
        return [x for x in a if x]
    def inner():
        return 1 if a else 2
    return inner
'''


def test_blank_lines_comments_and_docstrings_are_no_code() -> None:
    assert code_lines(SOURCE) == {4, 7, 8, 9, 10, 11}


def test_decisions_and_lines_of_a_function_include_the_functions_inside() -> None:
    (function,) = functions_in(SOURCE)
    assert (function.name, function.lines, function.body_lines, function.decisions) == ("f", 8, 5, 5)
