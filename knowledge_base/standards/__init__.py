"""Data standards: names and codes in an entry checked against the standard vocabularies, with the fix offered."""
