import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities.identity_number import check_character, find_identity_numbers, is_valid_identity_number
from nlu.privacy import find_personal_data, luhn, mask


@pytest.fixture(scope="module", autouse=True)
def words_are_read() -> None:
    """The dictionary is read at the first name, which no deadline of a test should see."""
    mask("我叫王小明")


def identity_number(area: int, year: int, month: int, day: int, serial: int) -> str:
    first = f"{area:06d}{year:04d}{month:02d}{day:02d}{serial:03d}"
    return first + check_character(first)


numbers = st.builds(
    identity_number,
    st.integers(110000, 659999),
    st.integers(1930, 2020),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
)


@given(numbers)
def test_every_identity_number_with_its_check_character_is_valid_and_masked(number: str) -> None:
    assert is_valid_identity_number(number)
    assert number not in mask(f"我的身份证是{number}。")


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not is_valid_identity_number(wrong)


def test_a_wrong_check_digit_is_reported_as_such() -> None:
    number = identity_number(110105, 1990, 1, 1, 1)
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert [span.kind for span in find_identity_numbers(wrong)] == ["identity_number_wrong"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13912345678谢谢", "电话139******78谢谢"),
        ("座机0755-26660001", "座机075********01"),
        ("我叫王小明，住在这里", "我叫王＊＊，住在这里"),
        ("邮箱abc@example.com", "邮箱a***@example.com"),
        ("我叫了车没来", "我叫了车没来"),
        ("工单 YZ20261121-00014", "工单 YZ20261121-00014"),
    ],
)
def test_personal_data_is_masked_and_other_text_is_not(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("手机１５６００００８８２１，谢谢", "１５６００００８８２１"),
        ("打156.0000.8821找我", "156.0000.8821"),
        ("1 5 6 0 0 0 0 8 8 2 1是我的号", "1 5 6 0 0 0 0 8 8 2 1"),
        ("幺五六零零洞洞八八二幺", "幺五六零零洞洞八八二幺"),
        ("联系我壹伍陆零零零零捌捌贰壹", "壹伍陆零零零零捌捌贰壹"),
        ("①⑤6零零00⑧⑧②①加我", "①⑤6零零00⑧⑧②①"),
        ("电话+86 156-0000-8821", "156-0000-8821"),
        ("座机（０９９０）６０００１２３", "６０００１２３"),
        ("身份证 三三零一零六一九八八零一零二零零幺叉", "三三零一零六一九八八零一零二零零幺叉"),
        ("银行卡号6217 0000 1111 2222 334", "6217 0000 1111 2222 334"),
        ("微信号是liuhe_mm2019", "liuhe_mm2019"),
        ("香港身份证R381204(6)丢了", "R381204(6)"),
        ("军官证北字第0391827号", "0391827"),
        ("驾驶证档案编号330203918273", "330203918273"),
        ("电话1️⃣5️⃣6️⃣0️⃣0️⃣0️⃣0️⃣8️⃣8️⃣2️⃣1️⃣", "6️⃣0️⃣0️⃣0️⃣0️⃣8️⃣"),
        ("手机15600008821元旦前都行", "15600008821"),
        ("加V聊吧 tutu_9527x", "tutu_9527x"),
        ("扣扣3300112299", "3300112299"),
        ("邮箱xiaoman艾特mail点com", "xiaoman艾特mail点com"),
        ("车牌浙b·7k 882 堵了门", "7k 882"),
        ("学籍号G330106201509091234", "G330106201509091234"),
        ("我姓滕名子昂", "子昂"),
        ("我姓端木，端木青禾", "端木青禾"),
        ("本人古丽娜尔·艾山，求助", "古丽娜尔·艾山"),
        ("我叫托合提努尔，想办证", "托合提努尔"),
        ("我孙女叫滕梓萌明年上学", "滕梓萌"),
        ("住2单元1704，天天漏水", "2单元1704"),
        ("送到9-2-1106门口", "9-2-1106"),
        ("我係住喺惠愛里，本人叫陳婉儀，唔該", "陳婉儀"),
    ],
)
def test_no_way_of_writing_leaves_personal_data_readable(text: str, hidden: str) -> None:
    assert hidden not in mask(text)
    assert len(mask(text)) == len(text), "places stay what they were"


def test_who_was_named_once_is_hidden_wherever_the_name_stands() -> None:
    assert "滕子昂" not in mask("我叫滕子昂，昨天物业又说滕子昂没交钱")


@pytest.mark.parametrize(
    "text",
    [
        "按国办发〔2021〕14号文件办理吗",
        "项目总投资13900000000元",
        "受理编号330203202405170021到哪了",
        "发票代码033001900211查真伪",
        "2026年11月30日14:30到",
        "罚款1,234,500元合理吗",
        "发票代码011002699977，号码53301126",
        "打12345还是12329",
        "400-816-0099打不通",
        "解放路和建国路交叉口",
        "3室2厅多少平",
        "6楼没水，2号线停运",
        "任何人都能举报吗",
        "我爸高血压住院怎么报销",
        "我叫外卖到3号门",
        "名字改成什么都可以吗",
    ],
)
def test_what_is_nobodys_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


def test_bank_cards_are_known_by_their_luhn_digit() -> None:
    assert luhn("4111111111111111")
    assert [span.kind for span in find_personal_data("卡号4111 1111 1111 1111")] == ["bank_card"]
    assert find_personal_data("编号4111 1111 1111 1112") == []


@given(st.text(alphabet="我叫王小明电话139123456780-@. ，住身份证X", max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)
