"""What the parts of an evaluation have in common as JSON."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Plain values that never change; keys that a newer program added are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")
