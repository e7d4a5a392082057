"""All tables in one place, for migrations. Importing this module imports every room's models."""

from __future__ import annotations

from actions.tickets import models as tickets
from bot.database import Base
from bot.security import models as security
from channels.conversations import models as conversations
from knowledge_base import models as knowledge_base
from knowledge_base.golden import models as golden
from knowledge_base.hit_testing import models as hit_testing
from knowledge_base.vocabulary import models as vocabulary

ROOMS = (knowledge_base, golden, hit_testing, vocabulary, conversations, tickets, security)
metadata = Base.metadata
