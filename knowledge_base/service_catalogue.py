"""The catalogue of government services as citizens meet them: official names and the ways people ask for them.

Broader and thinner than the knowledge base: it answers nothing. Encoder, search and intents learn from it that 房本丢了 is
不动产权证书遗失补发. ``law_*.yml`` files hold matters of law: a rule in the language of statutes and lay questions about it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlu.vocabulary import read_yaml

CATALOGUE_DIR = Path(__file__).parent / "catalogue"
Text = Annotated[str, Field(min_length=2, max_length=200)]


class _Strict(BaseModel):
    # A hotline is a name too: YAML reads 12315 as a number.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    id: str = Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")
    asks: Annotated[list[Text], Field(min_length=6)]


class CatalogueService(_Strict):
    """A service item: its official name, who is responsible, other names and how people ask for it."""

    name: Text
    agency: Text
    also: list[Text] = []

    def phrases(self) -> list[str]:
        """All that stands for it, the official name first."""
        return [self.name, *self.also, *self.asks]


class LegalMatter(_Strict):
    """A right or duty: the rule as a statute puts it, its terms, and how people ask about it."""

    rule: Text
    terms: list[Text]

    def phrases(self) -> list[str]:
        """All that stands for it, the rule first."""
        return [self.rule, " ".join(self.terms), *self.asks]


class Catalogue(BaseModel):
    """Everything in the folder."""

    services: list[CatalogueService] = []
    matters: list[LegalMatter] = []

    def phrase_groups(self) -> list[list[str]]:
        """One list of phrases a service or matter; they mean the same."""
        return [one.phrases() for one in self.services] + [one.phrases() for one in self.matters]


class CatalogueError(ValueError):
    """A file of the catalogue cannot be used; the message names file and place."""


def catalogue_files(folder: Path = CATALOGUE_DIR) -> list[Path]:
    """The files, in order."""
    return sorted(folder.glob("*.yml"))


def load_catalogue(folder: Path = CATALOGUE_DIR) -> Catalogue:
    """Read and check all files; ids must be unique. Raises CatalogueError."""
    catalogue = Catalogue()
    for path in catalogue_files(folder):
        data = read_yaml(path)
        try:
            part = Catalogue(services=data.get("services") or [], matters=data.get("matters") or [])
        except ValidationError as error:
            first = error.errors()[0]
            raise CatalogueError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        catalogue.services.extend(part.services)
        catalogue.matters.extend(part.matters)
    ids = [one.id for one in (*catalogue.services, *catalogue.matters)]
    twice = {name for name in ids if ids.count(name) > 1} if len(set(ids)) < len(ids) else set()
    if twice:
        raise CatalogueError(f"ids that stand twice: {', '.join(sorted(twice))}")
    return catalogue
