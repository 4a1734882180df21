"""Problems as values, and what ends a command."""

import errno

import pytest

from blog.problems import BlogError, Location, Problem, UnsafeOutputError, describe_os_error, did_you_mean, raise_if_any


def problem(message: str, path: str = "a.md", line: int = 1, column: int = 1) -> Problem:
    return Problem(Location(path, line, column), "code", message)


def test_a_place_without_more_is_the_start_of_the_file() -> None:
    assert (Location("a.md").line, Location("a.md").column) == (1, 1)


def test_problems_sort_by_path_then_line_then_column() -> None:
    last, third = problem("d", "b.md", 1), problem("c", "a.md", 10)
    second, first = problem("b", "a.md", 9, 10), problem("a", "a.md", 9, 2)
    assert sorted([last, third, second, first]) == [first, second, third, last]


def test_a_problem_is_an_error_unless_it_says_otherwise() -> None:
    assert problem("x").severity == "error"


def test_a_blog_error_carries_all_problems_and_their_messages() -> None:
    error = BlogError([problem("one"), problem("two")])
    assert error.problems == (problem("one"), problem("two"))
    assert str(error) == "one; two"


def test_exit_status_is_1_for_a_problem_and_2_for_an_unsafe_output_folder() -> None:
    assert BlogError([]).exit_status == 1
    assert UnsafeOutputError([]).exit_status == 2


def test_one_error_among_warnings_raises_with_all_of_them() -> None:
    warning = Problem(Location("a.md"), "code", "careful", severity="warning")
    with pytest.raises(BlogError) as caught:
        raise_if_any([warning, problem("wrong")])
    assert caught.value.problems == (warning, problem("wrong"))


def test_warnings_alone_raise_nothing() -> None:
    raise_if_any(iter([Problem(Location("a.md"), "code", "careful", severity="warning")]))


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("dratf", 'did you mean "draft"?'),
        ("DRAFT", 'did you mean "draft"?'),
        ("europe/madird", 'did you mean "Europe/Madrid"?'),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_the_nearest_known_word_is_suggested_without_regard_to_case(word: str, hint: str) -> None:
    assert did_you_mean(word, ["draft", "date", "Europe/Madrid"]) == hint


def test_the_reason_of_an_io_error_is_the_words_of_the_system_with_the_path() -> None:
    assert (
        describe_os_error(OSError(errno.ENOENT, "No such file or directory", "a.md"))
        == "No such file or directory: a.md"
    )
    assert describe_os_error(OSError(errno.EIO, "Input/output error")) == "Input/output error"
    assert describe_os_error(OSError("lost")) == "lost"


def test_a_hint_does_not_depend_on_the_order_of_what_is_known() -> None:
    assert did_you_mean("Scalling", {"Scaling", "scaling"}) == 'did you mean "Scaling"?'
    assert did_you_mean("Scalling", ["scaling", "Scaling"]) == did_you_mean("Scalling", ["Scaling", "scaling"])
