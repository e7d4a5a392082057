"""The deciding part of the assistant over the content files, in a folder that is thrown away: no assistant need run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from actions.answered import points_asked
from actions.deciding import at_hand
from actions.deciding.acts import ACTS
from actions.deciding.decide import weighed
from actions.deciding.evidence import Evidence, EvidenceGathering
from actions.deciding.scenarios import Said
from actions.deciding.settings import load_settings
from actions.facets import load_facets
from actions.recommendation.service import RecommendationService, load_life_events
from actions.turns import Turn
from bot.container import build_deciding, build_knowledge, build_storage
from bot.settings import Settings
from bot.setup_steps import prepare_database
from knowledge_base.content_schema import load_city, load_yaml
from nlu.encoder.pretrained import load_pretrained

SECRET = "only for measuring, thrown away with the folder"  # noqa: S105 - opens nothing
SHOWING = frozenset({"answer", "offer_ticket"})


class DecidingRoom:
    """Everything between a typed message and the act that wins; the classifier of intents is not asked."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        own = settings.model_copy(
            update={
                "data_dir": folder,
                "database_url": SecretStr(""),
                "secret_key": SecretStr(SECRET),
                "model_dir": settings.models,
            }
        )
        prepare_database(own)
        storage = build_storage(own)
        city = load_city(own.content_dir / "city.yml")
        self._knowledge = build_knowledge(storage, city, load_yaml(own.content_dir / "topics.yml"))
        names = own.encoder_choice.pretrained
        self._encoder = load_pretrained(names) if names else None
        events = RecommendationService(load_life_events(), self._knowledge)
        self._gathering = EvidenceGathering(
            build_deciding(own), self._knowledge, self._encoder, lambda text: events.recommend(text) is not None
        )

    def at_hand(self, said: Said) -> dict[str, float] | None:
        """The figures that tell whether the item at hand is meant; None where it is not published."""
        entry = self._knowledge.entry(said.entry_at_hand)
        if entry is None:
            return None
        together = self._knowledge.search(at_hand.joined(entry, said.text))
        return at_hand.figures(said.text, entry, self._knowledge.search(said.text), together, self._encoder)

    def decided(self, said: Said) -> dict[str, Any]:
        """The fields of :class:`bot.commands.evaluate.dialogue.Decided` for one turn."""
        evidence = self._gathering.gather(_turn(said))
        shares = {act.name: act.probability(evidence) for act in ACTS}
        act = weighed({name: share for name, share in shares.items() if share > 0}, load_settings())[0].act
        wanted = evidence.wishes["story"] + evidence.wishes["file"]
        known = [one for one in evidence.questions if one.entry is not None] if act in SHOWING else []
        points = [points_asked(one.entry, one.aspects) for one in known if one.entry is not None]
        return {
            "text": said.text,
            "wanted": said.act,
            "right_entries": said.entries,
            "right_aspects": said.aspects,
            "act": act,
            "entries": tuple(one.entry.id for one in known if one.entry is not None),
            "points": tuple(load_facets().aspect_of(name) for names in points for name in names),
            "has_point": _has_point(evidence, said),
            "offers": act in ("offer_ticket", "open_form") or wanted >= load_settings().offer,
        }


def _has_point(evidence: Evidence, said: Said) -> bool:
    entry = next((one.entry for one in evidence.questions if one.entry is not None), None)
    if entry is None:
        return False
    of_facts = {facet.aspect for facet in load_facets().facets.values()} if entry.facts is not None else set[str]()
    return any(name in entry.points or name in of_facts for name in said.aspects)


def _turn(said: Said) -> Turn:
    now = said.situation
    facets = load_facets()
    slots = {
        "did": now.did,
        "entry_id": said.entry_at_hand,
        "facet": facets.facet_of(now.aspect) or now.aspect,
        "has_ticket": now.has_ticket,
        "requested_slot": f"ticket_{now.asked}" if now.form else None,
    }
    return Turn(
        f"{said.pen}-{said.conversation}", "m", said.text, "", 0.0, slots=slots, pressed=False,
        form=f"{now.form}_form" if now.form else "",
    )  # fmt: skip
