"""html: what a reader would see; scripts, styles, forms and comments are dropped, nothing is fetched or run."""

from __future__ import annotations

from bs4 import BeautifulSoup, CData, Comment, Declaration, Doctype, ProcessingInstruction, Tag
from bs4.element import NavigableString

from knowledge_base.importing.limits import Limits
from knowledge_base.importing.parts import Block, Parsed, tidy
from knowledge_base.importing.plain import decode

DROPPED = ["script", "style", "template", "noscript", "iframe", "object", "svg", "head", "nav", "footer", "form"]
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = {"p", "div", "li", "tr", "td", "th", "section", "article", "blockquote", "pre", "dd", "dt", "body", *HEADINGS}
UNSEEN = (Comment, CData, Declaration, Doctype, ProcessingInstruction)


def read(name: str, data: bytes, limits: Limits) -> Parsed:
    """The headings and paragraphs of the page."""
    page = BeautifulSoup(decode(data, limits), "lxml")
    for tag in page.find_all(DROPPED):
        tag.decompose()
    for line_break in page.find_all("br"):
        line_break.replace_with("\n")
    blocks: list[Block] = []
    around: Tag | None = None
    words: list[str] = []
    for text in page.find_all(string=True):
        if not isinstance(text, NavigableString) or isinstance(text, UNSEEN):
            continue
        block = _block_of(text)
        if block is not around:
            _close(blocks, around, words)
            around, words = block, []
        words.append(str(text))
    _close(blocks, around, words)
    return Parsed(name, blocks=tuple(blocks))


def _block_of(text: NavigableString) -> Tag | None:
    return next((tag for tag in text.parents if tag.name in BLOCKS), None)


def _close(blocks: list[Block], around: Tag | None, words: list[str]) -> None:
    level = HEADINGS.get(around.name, 0) if around is not None else 0
    lines = [tidy(line) for line in "".join(words).split("\n")]
    blocks.extend(Block(line, level) for line in lines if line)
