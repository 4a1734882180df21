"""Inputs that nobody would write: a machine looks for those that break a promise.

`python -m tests.fuzz TARGET SECONDS` tries inputs for a target, led by what the program does with each
(<https://github.com/google/atheris>, which `pip install -e '.[fuzz]'` brings). What broke a promise stays in
`tests/fuzz/cases/TARGET/`, where `tests/promises/test_fuzz.py` tries it again in each run of the tests.
"""
