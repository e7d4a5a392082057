"""A small knowledge base in memory and real tickets on SQLite; the dialogue's services on top of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from actions.messages import Part
from actions.recommendation.service import RecommendationService, load_life_events
from actions.replies import Reply, Say
from actions.services import ActionServices
from actions.tickets.legal_clock import BEIJING
from actions.tickets.service import TicketService
from actions.turns import Turn
from bot.database import Base, create_database_engine, create_session_factory
from bot.security.encryption import FieldCipher, derive_key
from knowledge_base.content_schema import LegalBasis, ServiceFacts
from knowledge_base.results import Band, PublishedEntry, SearchHit, SearchResult
from nlu.encoder.pretrained import load_pretrained
from tests.support.deciding_models import PRETRAINED, real_models

SECRET = "s" * 40
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=BEIJING)


def entry(entry_id: str, title: str, *, facts: bool = True) -> PublishedEntry:
    return PublishedEntry(
        id=entry_id,
        topic=entry_id.split(".")[0],
        topic_label="主题",
        kind="service_item" if facts else "entry",
        title=title,
        question=f"{title}怎么办？",
        answer=f"{title}的完整答案，写清楚怎么办、带什么、多久能好。",
        facts=ServiceFacts(
            conditions=["住满半年"],
            materials=["身份证原件", "照片"],
            steps=["申请", "领取"],
            time_limit="15日内",
            fee="免费",
            where="派出所",
            online="云州通APP",
        )
        if facts
        else None,
        legal_basis=[LegalBasis(title="居住证暂行条例", issuer="国务院", number="国务院令第663号", article="第九条")],
        related=[],
        effective=date(2016, 1, 1),
    )


class FakeKnowledge:
    """Finds an entry by a word of the question; several words found give a choice."""

    def __init__(self) -> None:
        self.entries = {
            item.id: item
            for item in (
                entry("residence_permit.apply", "居住证申领"),
                entry("exit_entry.passport_first", "普通护照首次申领"),
                entry("hukou.id_lost", "身份证补领"),
                entry("hukou.id_renew", "身份证换领"),
                entry("marriage.cooling_off", "离婚冷静期", facts=False),
            )
        }
        self.words = {
            "居住证": ["residence_permit.apply"],
            "护照": ["exit_entry.passport_first"],
            "身份证丢": ["hukou.id_lost"],
            "证件": ["hukou.id_lost", "hukou.id_renew"],
            "冷静期": ["marriage.cooling_off"],
        }

    def surely_outside(self, question: str) -> bool:
        return "天气" in question

    def search(self, question: str, *, limit: int = 5) -> SearchResult:
        found = next((ids for word, ids in self.words.items() if word in question), [])
        band: Band = "unknown" if not found else "answer" if len(found) == 1 else "clarify"
        probability = {"answer": 0.9, "clarify": 0.4, "unknown": 0.0}[band]
        hits = tuple(
            SearchHit(i, self.entries[i].title, self.entries[i].question, probability, 0.5, 0.5) for i in found
        )
        return SearchResult(question, hits[:limit], band, 0.1)

    def entry(self, entry_id: str) -> PublishedEntry | None:
        return self.entries.get(entry_id) or (
            entry(entry_id, "别的事项") if entry_id.startswith("childbirth") else None
        )


class NoNotices:
    def notify(self, conversation_id: str, part: Part, *, key: str) -> None:
        return None


class Handovers:
    def __init__(self) -> None:
        self.requests: dict[str, tuple[str, str]] = {}

    def request(self, conversation_id: str, reason: str, *, key: str) -> None:
        self.requests.setdefault(key, (conversation_id, reason))


@dataclass
class Talk:
    """One conversation without Rasa: keeps slots, opens and closes the forms as Rasa would."""

    services: ActionServices
    slots: dict[str, Any] = field(default_factory=dict)
    form: str = ""
    heard: Reply | None = None
    ids: Iterator[int] = field(default_factory=itertools.count)
    required: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "ticket": ("ticket_what", "ticket_where", "ticket_when", "ticket_contact", "ticket_confirm"),
            "follow": ("follow_number", "follow_code", "follow_note", "follow_confirm"),
        }
    )

    def turn(self, text: str, intent: str = "ask_service", confidence: float = 0.9, **entities: str) -> Turn:
        last_words = [
            {"event": "bot", "data": {"buttons": [button.model_dump() for button in message.buttons]}}
            for message in (self.heard.messages if self.heard else ())
            if isinstance(message, Say)
        ]
        return Turn(
            "c1",
            f"m{next(self.ids)}",
            text,
            intent,
            confidence,
            entities,
            dict(self.slots),
            last_words=last_words,
            ranking=[(intent, confidence)],
            form=f"{self.form}_form" if self.form else "",
        )

    def hear(self, reply: Reply) -> Reply:
        self.slots |= reply.slots
        self.heard = reply
        return reply

    def ask(self, text: str, intent: str = "ask_service", confidence: float = 0.9, **entities: str) -> Reply:
        return self.hear(self.services.answers.reply(self.turn(text, intent, confidence, **entities)))

    def unsure(self, text: str, **ranking: float) -> Reply:
        """A message of which the classifier was not sure; ``ranking`` are its guesses, best first."""
        guesses = [("nlu_fallback", 0.4), *ranking.items()]
        turn = replace(self.turn(text, "nlu_fallback", 0.4), ranking=guesses)
        return self.hear(self.services.answers.reply(turn))

    def hear_out(self, text: str, *ranking: tuple[str, float]) -> Reply:
        """A typed message outside any form; ``ranking`` is what the classifier of intents says of it."""
        return self.hear(self.services.deciding.reply(replace(self.turn(text, "free_text"), ranking=ranking)))

    def refuse(self) -> Reply:
        return self.hear(self.services.answers.none_chosen(self.turn("/choose_none", "choose_none", 1.0)))

    def settle(self, text: str, intent: str) -> Reply:
        return self.hear(self.services.answers.settled(self.turn(text, intent)))

    def choose(self, text: str) -> Reply:
        return self.hear(self.services.answers.choice(self.turn(text, "choose_entry")))

    def open(self, form: str, text: str, intent: str, **entities: str) -> list[Reply]:
        self.form = form
        return self._step(replace(self.turn(text, intent, **entities), form_opens=True))

    def say(self, text: str, intent: str = "nlu_fallback", confidence: float = 0.3, **entities: str) -> list[Reply]:
        return self._step(self.turn(text, intent, confidence, **entities))

    @property
    def asked(self) -> str:
        return str(self.slots.get("requested_slot") or "")

    def _step(self, turn: Turn) -> list[Reply]:
        service = self.services.ticket_form if self.form == "ticket" else self.services.follow_form
        self.slots.pop("requested_slot", None)
        reply = service.step(turn)
        self.slots |= reply.slots
        missing = [slot for slot in self.required[self.form] if self.slots.get(slot) is None]
        if missing and not reply.close_form:
            self.slots.setdefault("requested_slot", missing[0])
            return [reply]
        self.slots["requested_slot"] = None
        end = service.finish(replace(turn, slots=dict(self.slots)))
        self.slots |= end.slots
        self.form = end.next_action.removesuffix("_form")
        return [reply, end]


def said(*replies: Reply) -> list[str]:
    """The responses used, in order."""
    return [message.response for reply in replies for message in reply.messages if isinstance(message, Say)]


@pytest.fixture
def knowledge() -> FakeKnowledge:
    return FakeKnowledge()


@pytest.fixture
def tickets(tmp_path: Path) -> TicketService:
    engine = create_database_engine(f"sqlite:///{tmp_path / 'w.db'}")
    Base.metadata.create_all(engine)
    return TicketService(
        create_session_factory(engine), FieldCipher(SECRET), NoNotices(), code_key=derive_key(SECRET, "code")
    )


@pytest.fixture
def handovers() -> Handovers:
    return Handovers()


@pytest.fixture
def services(knowledge: FakeKnowledge, tickets: TicketService, handovers: Handovers) -> ActionServices:
    return ActionServices(
        knowledge=knowledge,
        tickets=tickets,
        recommendation=RecommendationService(load_life_events(), knowledge),
        handovers=handovers,
        city={"name": "云州市"},
        models=real_models(),
        encoder=load_pretrained(PRETRAINED),
        now=lambda: NOW,
    )


@pytest.fixture
def talk(services: ActionServices) -> Talk:
    return Talk(services)
