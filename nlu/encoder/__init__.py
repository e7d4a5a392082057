"""Sentence vectors without torch: what our own trained encoder needs at run time."""
