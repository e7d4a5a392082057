"""Personal data at rest: what masking hides stands nowhere in clear, after many conversations that were full of it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.masking import mask_names
from nlu.privacy import mask
from nlu.recogniser import corpus
from tests.attack.ground import Ground
from tests.attack.trial import Trial, hold

# Shorter parts stand in other words and numbers too: a name of two characters, a room.
SHORTEST_WORDS, SHORTEST_NUMBER = 3, 7
AT_ONCE = 4
SETTLED_SECONDS = 3.0


def at_rest(ground: Ground) -> str:
    """Nobody's data stand in the database, the index, Redis' files, Rasa's memory on disk or a log."""
    mask_names(ground.assistant.settings)
    told = _told(ground.scale.conversations)
    shown = "\n".join(mask(text) for text, _ in told)
    parts = sorted({part for _, hidden in told for part in hidden if part not in shown})
    folder = ground.assistant.settings.data_dir
    # Dates, roads and words of the content are nobody's data.
    known = {part for _, part in _found(folder, parts)}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda row: _say(ground, row[0]), told))
    time.sleep(SETTLED_SECONDS)
    found = [(file, part) for file, part in _found(folder, parts) if part not in known]
    hold(not found, f"{len(found)} in clear, first {found[0][1]!r} in {found[0][0].name}" if found else "")
    return f"{len(told)} conversations, {len(parts) - len(known)} names, numbers and houses: none of them in any file"


def _found(folder: Path, parts: list[str]) -> list[tuple[Path, str]]:
    return [(file, part) for file in folder.rglob("*") if file.is_file() for part in _in(file, parts)]


def _say(ground: Ground, text: str) -> None:
    citizen = ground.citizen()
    citizen.say(text)
    citizen.close()


def _told(count: int) -> list[tuple[str, list[str]]]:
    """Messages of held-out pens with what masking hides in them: what it misses is measured elsewhere."""
    rows = [
        line.split("\t")
        for path in [*corpus.files(corpus.HELD_OUT), *corpus.files()]
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    told = []
    for text, *kinds in rows:
        masked = mask(text)
        hidden = [part for kind in kinds for part in kind.split("|") if _tells(part) and part not in masked]
        if hidden:
            told.append((text, hidden))
    return told[:count]


def _tells(part: str) -> bool:
    return len(part) >= (SHORTEST_NUMBER if part.isascii() else SHORTEST_WORDS)


def _in(file: Path, parts: list[str]) -> list[str]:
    held = file.read_bytes()
    escaped = [part.encode("unicode_escape") for part in parts]
    return [part for part, ascii_ in zip(parts, escaped, strict=True) if part.encode() in held or ascii_ in held]


TRIALS = [Trial("personal data at rest", at_rest)]
