import pytest

from nlu.danger import find_danger


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我爸突然晕倒了", "medical"),
        ("隔壁着火了快来人", "fire"),
        ("家里煤气味很重", "fire"),
        ("我不想活了", "self_harm"),
        ("楼下有人拿刀砍人", "crime"),
        ("孩子不见了怎么办", "crime"),
        ("电梯里被困住了", "danger"),
        ("救命啊", "danger"),
        ("孩子掉水里了", "medical"),
        ("快来人，有人掉进了河里", "medical"),
        ("掉到井里了怎么办", "medical"),
        ("我爸捡手机不小心掉河里了", "medical"),
        ("孩子和书包都掉水里了", "medical"),
        ("手机掉水里了，我爸也掉水里了", "medical"),
        ("一辆车掉进湖里", "medical"),
        ("司机掉江里了", "medical"),
        ("有人落水", "medical"),
    ],
)
def test_danger_is_recognised(text: str, kind: str) -> None:
    assert find_danger(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "居住证怎么办",
        "消防验收怎么申请",
        "去年家里着火了，保险怎么赔",
        "晕倒送医院的费用医保能报销吗",
        "路灯坏了三天没人修",
        "工伤死亡赔偿标准",
        "救命药进医保了吗",
        "手机掉水里了",
        "手机掉水里了还能补卡吗",
        "身份证不小心掉进河里了怎么补",
        "昨天我的钱包和手机都掉到湖里去了",
        "孩子的社保卡掉水里了",
        "井盖掉河里没人管",
        "落水管坏了谁修",
    ],
)
def test_calm_questions_are_not_taken_for_danger(text: str) -> None:
    assert find_danger(text) == ""


def test_hidden_characters_do_not_hide_danger() -> None:
    assert find_danger("我\u200b不\u200b想\u200b活\u200b了") == "self_harm"
