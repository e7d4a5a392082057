"""Rasa's side of the dialogue: training data by subject, and the channel through which the gateway talks to it."""
