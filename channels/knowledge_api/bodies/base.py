"""What bodies have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Read(BaseModel):
    """What is told; made from any object that has these attributes."""

    model_config = ConfigDict(from_attributes=True)


class Sent(BaseModel):
    """What is sent; a member that is not known is refused."""

    model_config = ConfigDict(extra="forbid")
