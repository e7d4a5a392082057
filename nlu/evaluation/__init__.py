"""Measuring how well language is understood: figures, and what the Rasa model makes of a file of messages."""
