"""How a turn is decided: evidence is gathered once, acts compete on it, the cheapest expected error wins.

docs/dialogue.md tells it on one page.
"""
