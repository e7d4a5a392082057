"""What a trained Rasa model makes of a file of messages. Run with Rasa's Python:

``python -m nlu.evaluation.rasa_intents --model MODEL.tar.gz --in FILE`` with JSON lines ``{"text"}``; prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

from nlu.evaluation.rasa_agent import predict, quiet_output, result


def main() -> None:
    """Read, predict, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--in", dest="file", type=Path, required=True)
    options = parser.parse_args()
    lines = options.file.read_text(encoding="utf-8-sig").split("\n")
    texts = [json.loads(line)["text"] for line in lines if line.strip()]
    with quiet_output():
        found = predict(options.model, texts)
    result(
        {
            "predictions": [{"intent": one.intent, "confidence": one.confidence} for one in found],
            "below_fallback": sum(one.fallback for one in found),
            "parse_ms_p50": round(statistics.median(one.milliseconds for one in found), 3),
        }
    )


if __name__ == "__main__":
    main()
