from pathlib import Path

from nlu.scope import ScopeModel, generated_outside
from nlu.tokenizer import Tokenizer
from tests.unit.nlu.flat_encoder import FlatEncoder

INSIDE = ["居住证怎么办", "社保断了能补吗", "公积金提取要什么材料", "孩子上户口去哪里", "医保报销多久到账"] * 20


def test_generated_requests_are_always_the_same_and_leave_no_slot_open() -> None:
    made = generated_outside(200)
    assert made == generated_outside(200)
    assert len(set(made)) > 150
    assert not any("{" in text for text in made)


def test_business_is_told_from_the_rest_and_survives_saving(tmp_path: Path) -> None:
    ScopeModel.train(INSIDE, ["放首歌听听", "讲个笑话"], Tokenizer(), FlatEncoder(), 0.5).save(tmp_path / "scope")
    model = ScopeModel.load(tmp_path / "scope", Tokenizer(), FlatEncoder())
    assert model.inside("社保断了怎么补")
    assert not model.inside("讲个笑话给我听")
    assert model.probability("社保断了怎么补") > model.probability("放首歌")
