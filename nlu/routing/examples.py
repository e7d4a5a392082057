"""The functions of government and our examples of messages for each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nlu.vocabulary import read_yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """A message with the label of the function that is responsible; ``title`` may be empty."""

    title: str
    text: str
    label: str


def function_labels(folder: Path = FOLDER) -> dict[str, str]:
    """Id → Chinese label of every function."""
    functions = read_yaml(folder / "functions.yml")["functions"]
    return {name: function["label"] for name, function in functions.items()}


def own_examples(folder: Path = FOLDER) -> list[Example]:
    """All examples of all functions, in order; raises KeyError for a file of an unknown function."""
    labels = function_labels(folder)
    files = [read_yaml(path) for path in sorted((folder / "examples").glob("*.yml"))]
    return [Example(row["title"], row["text"], labels[file["function"]]) for file in files for row in file["examples"]]


def topic_examples(folder: Path = FOLDER) -> list[Example]:
    """Each thing that ``functions.yml`` says a function is about, as an example of one word."""
    functions = read_yaml(folder / "functions.yml")["functions"].values()
    return [Example("", word, function["label"]) for function in functions for word in function["about"].split()]
