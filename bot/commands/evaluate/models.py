"""What the measurements need of the trained models: the encoder of the present content, without a database."""

from __future__ import annotations

from dataclasses import dataclass

from bot.commands.console import fail
from bot.settings import Settings
from bot.setup_steps import find_encoder
from knowledge_base.content_schema import ContentError, load_content
from knowledge_base.trained_encoder import TrainedEncoder, tokenizer_for
from nlu.encoder.ports import Encoder
from nlu.tokenizer import Tokenizer


@dataclass(frozen=True)
class LoadedEncoder:
    """The encoder as the assistant uses it, with its tokenizer and where its files are."""

    tokenizer: Tokenizer
    encoder: Encoder
    trained: TrainedEncoder


def load_present_encoder(settings: Settings) -> LoadedEncoder:
    """The encoder for the present content; ends the command with a message if it is not trained."""
    try:
        contents = load_content(settings.content_dir)
    except ContentError as error:
        fail(f"Correct the content file: {error}")
    trained = find_encoder(settings)
    if trained is None:
        fail("The sentence encoder for this content is not trained. Run: wenzheng train")
    tokenizer = tokenizer_for([entry for content in contents for entry in content.entries])
    encoder, _ = trained.load(tokenizer)
    return LoadedEncoder(tokenizer, encoder, trained)
