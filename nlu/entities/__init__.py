"""Recognisers of entities, one a file; each gives spans with a standard value."""
