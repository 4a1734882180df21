"""Hostile repositories, and an auditor of what the program touches when it is run in one.

`repository` makes a site folder as an attacker would commit it, from a random seed. `world` is the home folder in which
the program meets it, full of canaries. `auditor` runs a command there below `strace` and lists what the command
reached that it has no business with: the `rules`.

`python -m tests.hostile SECONDS` tries repositories for that time, and says of each finding how to see it again.
"""
