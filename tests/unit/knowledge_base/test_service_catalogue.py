from pathlib import Path

import pytest

from knowledge_base.service_catalogue import CatalogueError, load_catalogue

SERVICE = """
topic: hukou
label: 户籍
services:
  - id: hukou.birth
    name: 出生登记
    agency: 公安机关
    also: [上户口, 12345]
    asks: [娃上户口, 给孩子报户口, 小孩落户, 新生儿入户, 宝宝户口去哪上, 孩子生下来要登记吗]
"""


def test_the_catalogue_is_sound_and_large_enough() -> None:
    catalogue = load_catalogue()
    assert len(catalogue.services) >= 600
    assert all(len(service.asks) >= 6 for service in catalogue.services)
    assert len(catalogue.phrase_groups()) == len(catalogue.services) + len(catalogue.matters)


def test_a_number_is_a_name_too(tmp_path: Path) -> None:
    (tmp_path / "hukou.yml").write_text(SERVICE, encoding="utf-8")
    assert load_catalogue(tmp_path).services[0].phrases()[:3] == ["出生登记", "上户口", "12345"]


def test_too_few_ways_of_asking_are_refused_with_file_and_place(tmp_path: Path) -> None:
    (tmp_path / "hukou.yml").write_text(SERVICE.replace("给孩子报户口, ", ""), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"hukou\.yml: services\.0\.asks"):
        load_catalogue(tmp_path)


def test_an_id_stands_once(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(SERVICE, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"hukou\.birth"):
        load_catalogue(tmp_path)
