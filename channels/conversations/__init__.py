"""Transcripts, feedback, and the queue of what stayed unresolved."""
