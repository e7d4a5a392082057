"""Sentence vectors without torch: our own trained encoder, pretrained ones, and both together."""
