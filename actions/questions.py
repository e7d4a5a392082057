"""Understanding a question before anything is searched: which facet, of what, and does it speak of the item at hand.

Pure functions over text; everything a language expert may want to change is in ``facets.yml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.facets import FacetCatalogue, load_facets
from nlu.text import content_only, normalise

TRUSTED_INTENT = 0.5
_HAN = re.compile(r"[\u3400-\u9fff]")
_ORDINALS = {"一": 1, "二": 2, "两": 2, "三": 3, "1": 1, "2": 2, "3": 3, "头": 1, "首": 1, "中间": 2}
_ORDINAL = re.compile(r"(?:第)?(中间|[一二两三123头首])(?:个|条|项|那个)?")


@dataclass(frozen=True)
class Question:
    """What a message asks.

    ``facet`` is the facet asked for, or empty. ``subject`` is the text without facet and function words; when it is
    empty the message speaks of the item at hand. ``switched`` tells that an earlier question is asked of another
    subject (那居住证呢).
    """

    text: str
    facet: str
    subject: str
    switched: bool = False

    @property
    def about_item_at_hand(self) -> bool:
        """Whether nothing but a facet is named."""
        return bool(self.facet) and not self.subject


def understand(text: str, intent: str, confidence: float, *, last_facet: str = "", pending: str = "") -> Question:
    """Read a message. ``last_facet`` is what was asked before, ``pending`` a facet that waits for the item's name."""
    catalogue = load_facets()
    plain = normalise(text)
    subject = _switch(plain, catalogue)
    if subject:
        facet = facet_in(subject, "", 0.0)
        return Question(text, facet or pending or last_facet, residual(subject) or subject, switched=True)
    facet = facet_in(plain, intent, confidence)
    return Question(text, facet or pending, residual(plain))


def facet_in(text: str, intent: str, confidence: float) -> str:
    """The facet that the words ask for; where they do not say, the one of a confident intent; else empty."""
    catalogue = load_facets()
    found = [(match.start(), name) for name, match in _facet_matches(text, catalogue)]
    if found:
        return min(found)[1]
    name = catalogue.by_intent.get(intent, "")
    if name and confidence >= TRUSTED_INTENT and not any(word in text for word in catalogue.facets[name].unless):
        return name
    return ""


def _facet_matches(text: str, catalogue: FacetCatalogue) -> list[tuple[str, re.Match[str]]]:
    return [
        (facet.name, match)
        for facet in catalogue.facets.values()
        if facet.asked_in(text) and (match := facet.words.search(text))
    ]


def residual(text: str) -> str:
    """The text without facet words, function words and punctuation; empty where fewer than two characters are left."""
    catalogue = load_facets()
    rest = normalise(text)
    for facet in catalogue.facets.values():
        if facet.asked_in(rest):
            rest = facet.words.sub(" ", rest)
    rest = content_only(catalogue.function_words.sub(" ", rest))
    return rest if len(rest) >= 2 else ""


def _switch(text: str, catalogue: FacetCatalogue) -> str:
    for pattern in catalogue.switches:
        if (match := pattern.match(text)) and residual(match["subject"]):
            return match["subject"]
    return ""


def is_question(text: str) -> bool:
    """Whether the text is phrased as a question."""
    plain = normalise(text)
    return any(pattern.search(plain) for pattern in load_facets().questions)


def is_noise(text: str) -> bool:
    """Whether nothing can be read from it: keys pressed at random, one sign repeated, interjections only."""
    letters = content_only(text)
    if not letters or set(letters) <= load_facets().interjections:
        return True
    if _HAN.search(letters):
        return len(letters) >= 4 and len(set(letters)) == 1
    return not letters.isdigit() or len(letters) < 5


def chosen_index(text: str) -> int | None:
    """Which of the offered choices is meant (第二个 → 1), counted from zero; −1 is the last; None if it does not say."""
    plain = content_only(text)
    if "最后" in plain:
        return -1
    match = _ORDINAL.search(plain)
    return _ORDINALS[match[1]] - 1 if match else None


def overlaps(subject: str, title: str) -> bool:
    """Whether two names share at least two neighbouring characters."""
    pairs = {subject[i : i + 2] for i in range(len(subject) - 1)}
    return any(title[i : i + 2] in pairs for i in range(len(title) - 1))
