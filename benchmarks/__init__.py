"""How fast ``blog`` is, measured beside Hugo and Pelican on one corpus: ``python -m benchmarks --help``."""
