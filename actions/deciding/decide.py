"""One decision a turn: acts compete on the evidence, and the cheapest expected error wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from actions.calculating.calculating import SLOT as CALCULATION
from actions.deciding.acts import ACTS, Act, Rooms
from actions.deciding.acts.calculate import Calculate
from actions.deciding.acts.fill_form import FOR_THE_FORM, FillForm
from actions.deciding.acts.refuse import Refuse, plain_door
from actions.deciding.evidence import Asked, Evidence, EvidenceGathering
from actions.deciding.look import Look
from actions.deciding.settings import Settings, load_settings
from actions.messages import Candidate, Trace, TraceHit
from actions.questions import is_noise, is_question
from actions.replies import Reply
from actions.turns import Turn

# So many acts are kept with the turn: the others are as good as impossible.
KEPT = 5
# So many points are told of a message that is only looked at.
POINTS = 3
DIGITS = 3
# What an open form asks to wait for.
LATER = frozenset({"follow", "rate"})
NO_HELP = frozenset({"choices", "unknown", "refuse"})


def weighed(probabilities: Mapping[str, float], settings: Settings) -> list[Candidate]:
    """Each act with its probability and what it is expected to cost, cheapest first.

    ``probabilities``: of each act, that it is the one that is wanted (0–1).
    """
    found = [
        Candidate(
            act=act,
            probability=round(share, DIGITS),
            cost=round(sum(other * settings.cost(act, wanted) for wanted, other in probabilities.items()), DIGITS),
        )
        for act, share in probabilities.items()
    ]
    return sorted(found, key=lambda one: (one.cost, -one.probability))


class Deciding:
    """From a typed message to the reply of the act that won."""

    def __init__(self, gathering: EvidenceGathering, rooms: Rooms, acts: Sequence[Act] = ACTS) -> None:
        self._gathering = gathering
        self._rooms = rooms
        self._acts = {act.name: act for act in acts}

    def reply(self, turn: Turn) -> Reply:
        """Decide and do it; the trace keeps the candidates."""
        if (english := self._rooms.english.reply(turn)) is not None:
            return english
        if self._says_nothing(turn) and not self._rooms.calculating.fits(turn):
            return self._rooms.answers.not_understood(turn)
        evidence = replace(self._gathering.gather(turn), awaited=self._awaited(turn))
        candidates = self.candidates(evidence)
        reply = self._acts[candidates[0].act].reply(evidence, self._rooms)
        if turn.slots.get(CALCULATION):
            # What is not what the sum asked for leaves it.
            reply.slots.setdefault(CALCULATION, None)
        return traced(reply, evidence, candidates)

    def _awaited(self, turn: Turn) -> float:
        """How probable it is that a message is what an open sum asked for."""
        if not self._rooms.calculating.fits(turn):
            return 0.0
        return load_settings().awaited_question if is_question(turn.said) else load_settings().awaited

    def look(self, text: str) -> Look:
        """What would compete if a conversation began with this; nothing is done, said or kept.

        The classifier of intents, which is Rasa's, is not asked.
        """
        turn = Turn("", "", text, "", 0.0, pressed=False)
        if self._says_nothing(turn):
            return Look()
        evidence = self._gathering.gather(turn)
        candidates = self.candidates(evidence)[:KEPT]
        door = plain_door(evidence) if candidates[0].act == Refuse.name else ""
        return Look(candidates, _likeliest_points(evidence.questions), door)

    def _says_nothing(self, turn: Turn) -> bool:
        """Whether there is nothing to understand."""
        return is_noise(turn.said) and not self._rooms.answers.can_answer(turn.said)

    def wishes(self, turn: Turn) -> Mapping[str, float]:
        """How probable each wish is, without a look into the knowledge base."""
        return self._gathering.wishes(turn)

    def aside(self, turn: Turn, *, plausible: bool, free_text: bool) -> Reply | None:
        """The reply to what is not meant for the open form; None where it is.

        ``plausible``: it looks like what was asked for. ``free_text``: any words may be that, but for a question that can be
        answered.
        """
        if is_noise(turn.said):
            return None
        evidence = self._gathering.gather(turn)
        if not plausible and is_question(turn.said):
            evidence = evidence.weighed(FOR_THE_FORM, load_settings().question_odds)
        candidates = self.candidates(evidence)
        best = candidates[0].act
        for_form = sum(one.probability for one in candidates if one.act == FillForm.name)
        if best == FillForm.name or (plausible and for_form >= load_settings().plausible):
            return None
        if free_text and best in NO_HELP:
            return None
        if best in LATER:
            return traced(
                Reply(Trace(decision="smalltalk", reason="later")).say("utter_finish_first"), evidence, candidates
            )
        return traced(self._acts[best].reply(evidence, self._rooms), evidence, candidates)

    def candidates(self, evidence: Evidence) -> list[Candidate]:
        """All acts that the evidence speaks for, cheapest first."""
        left = 1 - evidence.awaited
        shares = {
            name: act.probability(evidence) * (1.0 if name == Calculate.name else left)
            for name, act in self._acts.items()
        }
        return weighed({name: share for name, share in shares.items() if share > 0}, load_settings())


def _likeliest_points(questions: Sequence[Asked]) -> Mapping[str, float]:
    """The likeliest points, likeliest first; of several questions each point as it is likeliest."""
    shares: dict[str, float] = {}
    for asked in questions:
        for name, share in asked.aspects.items():
            shares[name] = max(share, shares.get(name, 0.0))
    likeliest = sorted(shares, key=lambda name: -shares[name])[:POINTS]
    return {name: round(shares[name], DIGITS) for name in likeliest}


def traced(reply: Reply, evidence: Evidence, candidates: Sequence[Candidate]) -> Reply:
    """The reply, whose trace holds what was found and the acts that competed."""
    if reply.trace is None:
        return reply
    hits = [
        TraceHit(id=hit.entry_id, title=hit.title, score=round(hit.probability, 4))
        for hit in evidence.questions[0].result.hits
    ]
    search = sum(one.result.latency_ms for one in evidence.questions)
    changed = {
        "candidates": list(candidates[:KEPT]),
        "hits": reply.trace.hits or hits,
        "latency_ms": {"search": search},
    }
    reply.trace = reply.trace.model_copy(update=changed)
    return reply
