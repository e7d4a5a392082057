"""Cross-validation of the routing model over our own examples: how many messages it is sure of, and how often rightly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commands.evaluate.report import progress, rounded
from bot.settings import get_settings
from nlu.evaluation.metrics import accuracy, macro_f1
from nlu.routing.examples import Example, own_examples, topic_examples
from nlu.routing.model import SHORT_MESSAGES, RoutingModel
from nlu.tokenizer import Tokenizer

FOLDS = 5
SEED = 0
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
WHOLE, TEXT, TITLE = "title and text", "text", "title"


@dataclass(frozen=True)
class OutOfFold:
    """A message as a model that never saw it routes it; ``part`` is what the model read of the example."""

    part: str
    right: str
    given: str
    probability: float


def out_of_fold() -> list[OutOfFold]:
    """Every example of ours, once for each part of it."""
    from sklearn.model_selection import StratifiedKFold

    examples, cutter, pretrained = own_examples(), Tokenizer(), get_settings().encoder_choice.pretrained
    found: list[OutOfFold] = []
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(examples, [one.label for one in examples])
    for number, (learned, asked) in enumerate(split, start=1):
        progress(f"Fold {number} of {FOLDS}")
        taught = [*(examples[place] for place in learned), *topic_examples()]
        model = RoutingModel.train(taught, cutter, SHORT_MESSAGES, pretrained)
        for place in asked:
            found += [_routed(model, part, one) for part, one in _parts(examples[place]).items()]
    return found


def figures(routed: Sequence[OutOfFold]) -> dict[str, object]:
    """Accuracy and macro-F1, and for each threshold the share of messages at or above it and the accuracy there."""
    sure = {threshold: [one for one in routed if one.probability >= threshold] for threshold in THRESHOLDS}
    return {
        "count": len(routed),
        **_scores(routed),
        **{
            f"at {threshold}": {"share": rounded(len(some) / len(routed)), "accuracy": _scores(some)["accuracy"]}
            for threshold, some in sure.items()
        },
    }


def _parts(example: Example) -> dict[str, Example]:
    return {WHOLE: example, TEXT: replace(example, title=""), TITLE: replace(example, text="")}


def _routed(model: RoutingModel, part: str, example: Example) -> OutOfFold:
    result = model.route(example.title, example.text)
    return OutOfFold(part, example.label, result.label, result.probability)


def _scores(routed: Sequence[OutOfFold]) -> dict[str, float]:
    right, given = [one.right for one in routed], [one.given for one in routed]
    return {"accuracy": rounded(accuracy(right, given)), "macro_f1": rounded(macro_f1(right, given))}
