"""Knowledge of any size for measuring: entries composed of our own words, where some words are frequent and most are rare.

Service × place × aspect × number, drawn by Zipf's law: the entry of rank r is drawn about 1/r as often as the first. The
same number gives the same entry, in any process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from knowledge_base.content_schema import load_content
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.service_catalogue import CatalogueService, load_catalogue
from nlu.entities.division import divisions

# Of each entry: title, standard question, one similar question, answer.
TEXTS_AN_ENTRY = 4
BLOCK = 1_000
PROVINCES = range(11, 66)
SEED = 20
ASPECTS = ("要什么材料", "怎么办理", "多久能办好", "收费吗", "去哪里办", "网上能办吗", "需要什么条件", "依据是什么")
ASKED = ("", "要带啥", "咋弄", "几天能好", "要钱不", "到哪儿弄", "手机上能弄吗", "我这样的能办吗")
ROADS = ("人民路", "解放路", "中山路", "建设大道", "和平街", "文化路", "学府路", "滨河路", "新华街", "工业大道")
ANSWER = (
    "{place}办理{service}，由{agency}受理。请准备{first}、{second}，到{place}{road}{number}号办事大厅窗口提交，"
    "自受理之日起{days}个工作日内办结，收费{fee}元。咨询电话{phone}。"
)
Draws = npt.NDArray[np.int64]


@lru_cache(maxsize=1)
def _words() -> tuple[list[CatalogueService], list[str], list[str]]:
    """Services, places and materials, each in an order that does not follow the alphabet."""
    order = np.random.default_rng(SEED)
    services = load_catalogue().services
    table = divisions()
    places = sorted({table.name(code) for number in PROVINCES for code in table.descendants(f"{number}0000")})
    entries = [entry for content in load_content() for entry in content.entries]
    materials = sorted({text.split("：")[-1][:20] for one in entries if one.facts for text in one.facts.materials})
    for words in (services, places, materials):
        order.shuffle(words)
    return services, places, [text for text in materials if "{" not in text]


def _drawn(chooser: np.random.Generator, among: int, count: int) -> Draws:
    """Numbers below ``among``, the small ones often."""
    weights = 1 / (np.arange(among) + 3.0)
    return chooser.choice(among, size=count, p=weights / weights.sum())


def entries(count: int, first: int = 0) -> Iterator[Entry]:
    """Published entries, the ones numbered from ``first`` (a multiple of 1,000) on."""
    for block in range(first // BLOCK, (first + count + BLOCK - 1) // BLOCK):
        yield from islice(_block(block), max(0, first + count - block * BLOCK))


def _block(block: int) -> Iterator[Entry]:
    services, places, materials = _words()
    chooser = np.random.default_rng([SEED, block])
    drawn = [_drawn(chooser, len(words), BLOCK) for words in (services, places, materials, materials)]
    plain = chooser.integers(0, 1_000_000, size=(BLOCK, 4))
    for place in range(BLOCK):
        service = services[drawn[0][place]]
        where, (aspect, number, days, fee) = places[drawn[1][place]], plain[place]
        title = f"{where}{service.name}"
        said = service.asks[number % len(service.asks)]
        answer = ANSWER.format(
            place=where, service=service.name, agency=service.agency, first=materials[drawn[2][place]],
            second=materials[drawn[3][place]], road=ROADS[fee % len(ROADS)], number=number % 999 + 1,
            days=days % 60 + 1, fee=fee % 50 * 10, phone=20_000_000 + int(number) * 60 + int(days) % 60,
        )  # fmt: skip
        yield Entry(
            id=f"made.n{block * BLOCK + place:07d}", topic="made", kind="entry", status=EntryStatus.PUBLISHED,
            title=title[:80], question=f"{title}{ASPECTS[aspect % len(ASPECTS)]}？", similar=[f"{where}，{said}"],
            aliases=[], answer=answer, facts={}, legal_basis=[], confirm=[], related=[], effective=None, expires=None,
            region="", version=1,
        )  # fmt: skip


def questions(count: int) -> Sequence[str]:
    """What citizens might ask of such entries: a way of asking or another name, often with a place; no two alike."""
    services, places, _ = _words()
    chooser = np.random.default_rng([SEED, SEED])
    size = 4 * count
    which, where = _drawn(chooser, len(services), size), _drawn(chooser, len(places), size)
    made: dict[str, None] = {}
    for service, place, draw in zip(which, where, chooser.integers(0, 1_000_000, size=size), strict=True):
        names = [*services[service].asks, *services[service].also, services[service].name]
        name = names[draw % len(names)]
        said = "" if name in services[service].asks else ASKED[draw % len(ASKED)]
        made[f"{places[place] if draw % 3 else ''}{name}{said}"] = None
    return list(made)[:count]
