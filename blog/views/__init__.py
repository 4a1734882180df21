"""The site → outputs: every path that is written, and the frozen view from which each is rendered."""
