"""Watching processes: what dies or falls silent is started again, what is written is kept, nothing outlives the supervisor."""
