"""Danger to life in what people write: judged from words, characters and what happens to whom, never by one word alone.

``judge.py`` says how sure it is (certain, possible, none) and of what kind. It learned from ``corpus/``, which many pens wrote;
those in ``corpus/held_out/`` are never trained on (docs/danger.md).
"""

from nlu.danger.judge import Danger, DangerJudge, Level

__all__ = ["Danger", "DangerJudge", "Level"]
