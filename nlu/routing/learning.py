"""Learning from a city's closed tickets: what may be learned from them, what it gains, and the model itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nlu.evaluation.metrics import f1_by_label
from nlu.privacy import mask
from nlu.routing.examples import Example, own_examples, topic_examples
from nlu.routing.model import SHORT_MESSAGES, RoutingModel
from nlu.tokenizer import Tokenizer

LEAST_TICKETS = 50
# A function with fewer tickets is learned from, but cannot be measured in five folds.
FOLDS = LEAST_OF_FUNCTION = 5
# A word that fewer tickets have is not learned from them: it may be a name that masking has missed.
SHARED_BY = 3
SEED = 7

Progress = Callable[[float], None]


class TooFewTickets(ValueError):
    """There is too little to learn from or to measure with; the message says how much there is and what it takes."""


@dataclass(frozen=True)
class Gain:
    """Macro-F1 (0–1) over the functions that could be measured: by our examples alone, and with the tickets.

    ``tickets`` and ``functions`` are how many were measured.
    """

    before: float
    after: float
    tickets: int
    functions: int


def learnable(tickets: Sequence[Example], cutter: Tokenizer) -> list[Example]:
    """The tickets, each text once, with personal data masked and without words that hardly any other ticket has.

    Raises TooFewTickets.
    """
    masked = list(dict.fromkeys(Example("", mask(f"{one.title} {one.text}"), one.label) for one in tickets))
    if len(masked) < LEAST_TICKETS:
        raise TooFewTickets(f"{len(masked)} different closed tickets; learning takes at least {LEAST_TICKETS}")
    cut = [cutter.words(one.text) for one in masked]
    counted = Counter(word for words in cut for word in set(words))
    ours = {word for one in _own() for word in cutter.words(f"{one.title} {one.text}")}
    kept = [" ".join(word for word in words if word in ours or counted[word] >= SHARED_BY) for words in cut]
    return [replace(one, text=text) for one, text in zip(masked, kept) if text]  # noqa: B905 - 3.10: as long as each other


def measure(
    tickets: Sequence[Example],
    cutter: Tokenizer,
    progress: Progress = lambda share: None,
    pretrained: Sequence[str] = (),
) -> Gain:
    """What learning from the tickets gains, each judged by a model that has not seen it; raises TooFewTickets."""
    from sklearn.model_selection import StratifiedKFold

    counted = Counter(one.label for one in tickets)
    measured = [one for one in tickets if counted[one.label] >= LEAST_OF_FUNCTION]
    if not measured:
        raise TooFewTickets(f"no function of government has {LEAST_OF_FUNCTION} closed tickets yet")
    always = [*_own(), *(one for one in tickets if counted[one.label] < LEAST_OF_FUNCTION)]
    right = [one.label for one in measured]
    before = _routed(RoutingModel.train(_own(), cutter, SHORT_MESSAGES, pretrained), measured)
    progress(1 / (FOLDS + 1))
    after = [""] * len(measured)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(measured, right)
    for number, (learned, asked) in enumerate(folds, start=2):
        model = RoutingModel.train(
            [*always, *(measured[place] for place in learned)], cutter, SHORT_MESSAGES, pretrained
        )
        for place, label in zip(asked, _routed(model, [measured[place] for place in asked])):  # noqa: B905
            after[place] = label
        progress(number / (FOLDS + 1))
    return Gain(_mean_f1(right, before), _mean_f1(right, after), len(measured), len(set(right)))


def learn(tickets: Sequence[Example], cutter: Tokenizer, pretrained: Sequence[str] = ()) -> RoutingModel:
    """A model of our examples and the tickets."""
    return RoutingModel.train([*_own(), *tickets], cutter, SHORT_MESSAGES, pretrained)


def _own() -> list[Example]:
    return [*own_examples(), *topic_examples()]


def _routed(model: RoutingModel, tickets: Sequence[Example]) -> list[str]:
    return [model.route(one.title, one.text).label for one in tickets]


def _mean_f1(right: Sequence[str], given: Sequence[str]) -> float:
    """Mean F1 of the functions that occur among the right ones; a function that only was given has no F1 to speak of."""
    scores = f1_by_label(right, given)
    return sum(scores[label] for label in set(right)) / len(set(right))
