"""A turn whose sealed original cannot be opened is answered from what is left of it, and stands in no other's way."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.database import utcnow
from bot.security.encryption import FieldCipher
from channels.conversations.models import Message, Turn
from tests.unit.channels.conftest import Desk


async def test_a_turn_with_a_lost_original_is_answered_from_its_masked_text_and_the_others_as_well(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.conversations.begin(desk.inbound("我叫张伟，手机13912345678，居住证怎么办", "lost"))
    desk.conversations.begin(desk.inbound("护照怎么办", "whole"))
    sealed = FieldCipher("a secret that is gone for ever and ever").encrypt('["web","text","x",""]')
    with desk.sessions() as session, session.begin():
        session.execute(update(Turn).values(claimed_until=utcnow() - timedelta(seconds=1)))
        session.execute(update(Turn).where(Turn.message_id == "lost").values(pending=sealed))
    with caplog.at_level(logging.ERROR):
        assert await desk.gateway.recover() == 2
    asked = [text for text, _ in desk.dialogue.asked]
    assert len(asked) == 2
    assert "护照怎么办" in asked
    assert any("居住证怎么办" in text and "13912345678" not in text for text in asked)
    assert "cannot be opened" in caplog.text
    with desk.sessions() as session:
        assert set(session.scalars(select(Turn.status))) == {"done"}
        assert (
            len(list(session.scalars(select(Message).where(Message.role == "bot", Message.turn_id.is_not(None))))) == 2
        )
