"""Cross-validation of the intents over our own examples. Run with Rasa's Python:

``python -m nlu.evaluation.intent_folds --folds 5 --config config.yml [--data bot/dialogue/nlu]``; prints one JSON line.
Every configuration sees the same folds: stratified by intent, drawn with a fixed seed (Kohavi 1995, IJCAI).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from nlu.evaluation.metrics import accuracy, f1_by_label, macro_f1
from nlu.evaluation.rasa_agent import Prediction, predict, progress, quiet_output, result

DATA = Path("bot") / "dialogue" / "nlu"
SEED = 7


def understood_out_of_fold(config: str, data: Path, folds: int) -> tuple[list[tuple[str, str, Prediction]], float]:
    """(text, right intent, prediction) of each example by the model that did not see it; seconds a training takes."""
    import numpy as np
    from rasa.nlu.test import generate_folds
    from rasa.shared.nlu.training_data.loading import load_data

    np.random.seed(SEED)
    found: list[tuple[str, str, Prediction]] = []
    took = []
    examples = load_data(str(data), "zh")
    with tempfile.TemporaryDirectory() as folder:
        for number, (train, test) in enumerate(generate_folds(folds, examples), start=1):
            progress(f"Fold {number} of {folds}: learning from {len(train.intent_examples)} examples")
            started = time.monotonic()
            model = _train(config, train, Path(folder) / str(number))
            took.append(time.monotonic() - started)
            asked = test.intent_examples
            given = predict(model, [str(example.get("text")) for example in asked])
            pairs = list(zip(asked, given))  # noqa: B905 - 3.10: as long as each other
            found += [(str(example.get("text")), str(example.get("intent")), one) for example, one in pairs]
            right = sum(example.get("intent") == one.intent for example, one in pairs)
            progress(f"Fold {number} of {folds}: {right} of {len(pairs)} right")
    return found, statistics.mean(took)


def _train(config: str, examples: Any, folder: Path) -> str:
    """Train on the examples in a folder of their own; the path of the model."""
    from rasa.model_training import train_nlu
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLWriter

    folder.mkdir()
    written = folder / "examples.yml"
    RasaYAMLWriter().dump(str(written), examples)
    model = train_nlu(config, str(written), str(folder))
    if not model:
        raise SystemExit(f"Rasa could not train with {config}")
    return str(model)


def main() -> None:
    """Train, predict, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--config", default="config.yml")
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    with quiet_output():
        found, seconds = understood_out_of_fold(options.config, options.data, options.folds)
    right, given = [intent for _, intent, _ in found], [one.intent for _, _, one in found]
    result(
        {
            "accuracy": round(accuracy(right, given), 4),
            "macro_f1": round(macro_f1(right, given), 4),
            "intents": {name: round(value, 4) for name, value in f1_by_label(right, given).items()},
            "below_fallback": sum(one.fallback for _, _, one in found),
            "parse_ms_p50": round(statistics.median(one.milliseconds for _, _, one in found), 3),
            "train_seconds": round(seconds, 1),
            "predictions": [
                {"text": text, "right": intent, "given": one.intent, "confidence": one.confidence}
                for text, intent, one in found
            ],
        }
    )


if __name__ == "__main__":
    main()
