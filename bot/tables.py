"""All tables in one place, for migrations. Importing this module imports every room's models."""

from __future__ import annotations

from actions.tickets import models as tickets
from bot.database import Base
from bot.security import models as security
from channels.conversations import models as conversations
from knowledge_base import models as knowledge_base
from knowledge_base.golden import models as golden

ROOMS = (knowledge_base, golden, conversations, tickets, security)
metadata = Base.metadata
