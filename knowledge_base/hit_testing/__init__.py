"""The hit test: what search finds for a question on a day in a region, and why; with a history, and for whole files."""
