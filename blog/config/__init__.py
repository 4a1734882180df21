"""``blog.toml`` and ``theme.toml`` → settings and a theme: YAML and TOML with positions, closed schemas, dates."""
