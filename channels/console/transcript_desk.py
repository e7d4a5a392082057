"""The part of the desk that has to do with transcripts: read them, make something of a question, undo it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.console.drafts import answer_draft, is_asked, one_line, without_phrasing
from channels.console.knowledge_desk import KnowledgeDesk
from channels.conversations.models import TrainingPhrase, Turn, TurnDeed
from channels.conversations.reader import ConversationLine, ConversationView, Sought
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import EntryStatus, InvalidEntry
from knowledge_base.models import Entry

MAKE = ("conversations.read", "knowledge.edit")


@dataclass(frozen=True)
class Linked:
    """The entry that has the question among its phrasings; not ``added``: it had it before."""

    entry: Entry
    added: bool


class TranscriptDesk(KnowledgeDesk):
    """Each method checks the permission, asks the services, writes the audit log."""

    @property
    def intents(self) -> Mapping[str, str]:
        """What a training phrase may stand for: id → words."""
        return self._services.transcripts.training.intents

    # Reading --------------------------------------------------------------

    def conversations(self, sought: Sought, *, limit: int = 50, offset: int = 0) -> list[ConversationLine]:
        """A page of the conversations in which there are such turns."""
        self._require("conversations.read")
        self._searched("conversations", sought.text, offset)
        return self._services.transcripts.reader.conversations(sought, limit=limit, offset=offset)

    def conversation(
        self, conversation_id: str, *, limit: int = 30, offset: int = 0, turn_id: str = ""
    ) -> tuple[ConversationView, Mapping[str, list[TurnDeed]], int]:
        """A stretch of one conversation, what was made of its turns, and how many newer turns were left out; looking is
        recorded. ``turn_id``: the stretch that this turn is in. Raises InvalidEntry if there is no such conversation.
        """
        self._require("conversations.read")
        reader = self._services.transcripts.reader
        if turn_id:
            offset = reader.offset_of(turn_id) // limit * limit
        view = reader.conversation(conversation_id, limit=limit, offset=offset)
        if view is None:
            raise InvalidEntry("没有找到这段对话，可能已经被删除")
        self._log("conversations.view", conversation_id)
        return view, self.made_of([one.turn.id for one in view.exchanges if one.turn is not None]), offset

    def made_of(self, turn_ids: list[str]) -> Mapping[str, list[TurnDeed]]:
        """What was made of these turns and not undone."""
        self._require("conversations.read")
        return self._services.transcripts.deeds.of_turns(turn_ids)

    def training_phrases(self) -> list[TrainingPhrase]:
        """All training phrases, the newest first."""
        self._require("conversations.read")
        return self._services.transcripts.training.all()

    def draft(self, turn_id: str) -> dict[str, Any]:
        """The fields of a new entry for a question; raises InvalidEntry if there is no such turn."""
        self._require(*MAKE)
        turn = self._turn(turn_id)
        hits = self.try_question(turn.text).hits
        return answer_draft(turn.text, hits, self._services.knowledge, self._services.topics)

    # Making something of a question -----------------------------------------

    def link(self, turn_id: str, entry_id: str, *, sign_off: str = "") -> Linked:
        """Make the question one of the entry's phrasings: live at once where this person may publish, else as a change
        that waits. Raises InvalidEntry, GoldenSetDrop.
        """
        self._require(*MAKE)
        turn, entry = self._turn(turn_id), self.entry(entry_id)
        if entry.status == EntryStatus.RETIRED:
            raise InvalidEntry(f"“{entry.title}”已停用，请先恢复再关联")
        phrase = one_line(turn.text)
        if len(phrase) < 2:
            raise InvalidEntry("这句话太短，不能作为相似问")
        learned = self._learn(entry, phrase, sign_off)
        self._answers(turn_id, learned)
        if learned is entry:
            return Linked(entry, added=False)
        self._services.transcripts.deeds.record(
            turn_id,
            "link",
            actor=self.principal.signature,
            entry_id=entry_id,
            version=learned.version,
            phrase=phrase,
        )
        self._log("conversations.link", turn_id, entry_id)
        return Linked(learned, added=True)

    def create_from(self, turn_id: str, form: EntryForm) -> Entry:
        """A new draft that is to answer the question."""
        self._require(*MAKE)
        self._turn(turn_id)
        entry = self.create_entry(form)
        self._services.transcripts.deeds.record(
            turn_id, "draft", actor=self.principal.signature, entry_id=entry.id, version=entry.version
        )
        self._log("conversations.draft", turn_id, entry.id)
        self._answers(turn_id, entry)
        return entry

    def train(self, turn_id: str, text: str, intent: str) -> TrainingPhrase:
        """Keep a sentence as an example of an intent for the next training; personal data is masked."""
        self._require(*MAKE)
        self._turn(turn_id)
        transcripts, actor = self._services.transcripts, self.principal.signature
        phrase = transcripts.training.add(text, intent, actor=actor)
        transcripts.deeds.record(turn_id, "training", actor=actor, phrase=phrase.text, intent=intent)
        self._log("conversations.train", turn_id, intent)
        return phrase

    def undo(self, deed_id: int, *, sign_off: str = "") -> TurnDeed:
        """Take back one of these three, while nothing was built upon it; raises InvalidEntry, GoldenSetDrop."""
        self._require(*MAKE)
        deeds = self._services.transcripts.deeds
        deed = deeds.get(deed_id)
        if deed.kind == "link":
            self._forget(deed, sign_off)
        elif deed.kind == "draft":
            self._withdraw(deed)
        elif not self._services.transcripts.training.remove(deed.phrase):
            raise InvalidEntry("这句训练语句已经不在了，没有可以撤销的")
        deeds.undone(deed_id, actor=self.principal.signature)
        self._log("conversations.undo", deed.turn_id, f"{deed.kind} {deed.entry_id or deed.intent}")
        return deed

    def _turn(self, turn_id: str) -> Turn:
        turn = self._services.transcripts.reader.turn(turn_id)
        if turn is None:
            raise InvalidEntry("没有找到这句话，可能已经被删除")
        return turn

    def _answers(self, turn_id: str, entry: Entry) -> None:
        """The entry is to answer the turn: if the turn stayed unresolved, it is no longer once the entry is live."""
        item_id = self._services.unresolved.of_turn(turn_id)
        if item_id is None or not self.principal.may("unresolved.answer"):
            return
        self._services.unresolved.link(item_id, entry.id)
        self._log("unresolved.link", str(item_id), entry.id)
        if is_asked(entry, self._turn(turn_id).text):
            self._close_answered(entry.id)

    def _forget(self, deed: TurnDeed, sign_off: str) -> None:
        entry = self.entry(deed.entry_id)
        form = without_phrasing(entry, deed.phrase)
        if form is None or entry.status == EntryStatus.RETIRED:
            raise InvalidEntry(f"“{entry.title}”后来改过，里面已经没有这句问法，不用撤销")
        published = {name: getattr(entry, name) for name in EntryForm.model_fields}
        if entry.draft is not None and form.columns() == published:
            self.discard(entry.id, expected_version=entry.version)  # nothing but this phrasing was waiting
        else:
            self._keep(entry, form, sign_off)
        self._services.unresolved.reopen(deed.turn_id, deed.entry_id)

    def _withdraw(self, deed: TurnDeed) -> None:
        """Nobody has seen the draft and nobody has gone on with it: it may be put away without the right to publish."""
        entry = self.entry(deed.entry_id)
        if entry.version != deed.version or entry.status != EntryStatus.DRAFT:
            raise InvalidEntry(f"“{entry.title}”后来改过或者发布了，不能撤销。请到条目页面处理")
        knowledge, actor = self._services.knowledge, self.principal.signature
        knowledge.retire(entry.id, actor=actor, expected_version=deed.version)
        self._services.unresolved.reopen(deed.turn_id, deed.entry_id)
