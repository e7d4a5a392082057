"""What the assistant may do with a typed message, one file an act: how probable it is that it is wanted, and how it is done."""

from __future__ import annotations

from actions.deciding.acts.answer import Answer
from actions.deciding.acts.base import Act, Rooms
from actions.deciding.acts.calculate import Calculate
from actions.deciding.acts.choices import Choices
from actions.deciding.acts.drop_offer import DropOffer
from actions.deciding.acts.fill_form import FillForm
from actions.deciding.acts.follow import Follow
from actions.deciding.acts.hand_over import HandOver
from actions.deciding.acts.offer_ticket import OfferTicket
from actions.deciding.acts.open_form import OpenForm
from actions.deciding.acts.rate import Rate
from actions.deciding.acts.recommend import Recommend
from actions.deciding.acts.refuse import Refuse
from actions.deciding.acts.small_talk import SmallTalk
from actions.deciding.acts.stray import Stray
from actions.deciding.acts.take_offer import TakeOffer
from actions.deciding.acts.unknown import Unknown

__all__ = ["ACTS", "Act", "Rooms"]

ACTS: tuple[Act, ...] = (
    Answer(),
    Choices(),
    Calculate(),
    Unknown(),
    OfferTicket(),
    OpenForm(),
    FillForm(),
    Follow(),
    Rate(),
    Recommend(),
    SmallTalk(),
    Refuse(),
    HandOver(),
    TakeOffer(),
    DropOffer(),
    Stray(),
)
