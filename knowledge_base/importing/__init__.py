"""Bringing files into the knowledge base: read safely, cut by their own structure, previewed, committed at once."""
