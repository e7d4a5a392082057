"""Forged and repeated deliveries of WeChat, and query codes that are guessed."""

from __future__ import annotations

import time

from tests.attack.ground import Ground
from tests.attack.trial import Trial, hold
from tests.support.complaints import fill_in_complaint

DAY = 86_400
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><ToUserName>&c;</ToUserName></xml>'
)


def deliveries(ground: Ground) -> str:
    """Only what WeChat signed and sealed, once and lately, is taken for a message."""
    wechat = ground.wechat()
    genuine, body = wechat.text("居住证怎么办", openid="oAttack1", encrypted=True)
    plain, plain_body = wechat.text("居住证怎么办", openid="oAttack2")
    old = wechat.signed(timestamp=int(time.time()) - DAY)
    asked = [
        ("no signature", {}, body, {403}),
        ("another signature", genuine | {"signature": "0" * 40, "msg_signature": "0" * 40}, body, {403}),
        ("a plain body although a key is set", plain, plain_body, {403}),
        ("a signature of yesterday", old, plain_body, {403}),
        ("entities within entities", wechat.signed(), BOMB.encode(), {400, 403}),
        ("the genuine one", genuine, body, {200}),
        ("its signature over another message", genuine, wechat.text("护照怎么办", openid="oAttack1")[1], {403}),
        # WeChat delivers three times at most; each of them gets the answer of the first.
        *[("the genuine one, copied", genuine, body, {200, 403})] * 2,
        ("the genuine one, copied once too often", genuine, body, {403}),
    ]
    with ground.assistant.client() as http:
        for what, query, content, expected in asked:
            status = http.post("/wechat", params=query, content=content).status_code
            hold(status in expected, f"{what}: {status}")
    turns = ground.records.turns(ground.records.conversation_of("oAttack1"))
    hold(len(turns) == 1, f"one message made {len(turns)} turns")
    return f"{len(asked) - 3} forged deliveries refused, the genuine one answered once"


def odd_times(ground: Ground) -> str:
    """A message with an absurd time of creation is answered like any other."""
    wechat = ground.wechat()
    with ground.assistant.client() as http:
        for created in (1, 2**31, 2**63, 10**30):
            document = wechat.document(
                "oAttack3", "text", {"Content": "护照怎么办", "MsgId": str(created + 7)}, created=created
            )
            query, body = wechat.wrapped(document, encrypted=True)
            status = http.post("/wechat", params=query, content=body).status_code
            hold(status in {200, 400}, f"CreateTime {created}: {status}")
    return "4 absurd times, no error"


def guessing(ground: Ground) -> str:
    """Guessing is stopped for whoever guesses, and the right code still opens the ticket for its owner."""
    owner = ground.citizen()
    card = owner.press(fill_in_complaint(owner).button("确认提交")).part("ticket")
    number, code = card["number"], card["code"]
    hold(len(code.replace("-", "")) >= 8, f"the code has {len(code)} characters")
    guesser = ground.citizen()
    for guess in range(ground.scale.guesses):
        reply = guesser.say(f"查进度 {number} {_guess(guess)}")
        hold(not [part for part in reply.parts if part["type"] == "ticket"], "a guess opened the ticket")
    said = guesser.say(f"查进度 {number} {_guess(ground.scale.guesses)}").text
    stranger = ground.citizen()
    stranger.say("查我的工单")
    stranger.say(number)
    opened = stranger.say(code)
    hold(any(part["type"] == "ticket" for part in opened.parts), f"the right code was refused: {opened.text[:80]}")
    for citizen in (owner, guesser, stranger):
        citizen.close()
    return f"{ground.scale.guesses} guesses, then: {said[:30]!r}; the right code opened it"


def _guess(number: int) -> str:
    return f"23{number:04d}XY"


def codes_at_rest(ground: Ground) -> str:
    """A query code stands nowhere in clear: not in the database's file, not in Redis' files, not in a log."""
    citizen = ground.citizen()
    card = citizen.press(fill_in_complaint(citizen).button("确认提交")).part("ticket")
    citizen.say(f"查进度 {card['number']} {card['code']}")
    citizen.close()
    time.sleep(2.0)
    needles = {card["code"].encode(), card["code"].replace("-", "").encode()}
    folder = ground.assistant.settings.data_dir
    found = [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and any(needle in file.read_bytes() for needle in needles)
    ]
    hold(not found, f"the code stands in {', '.join(found)}")
    return "no file of the data folder holds the code"


TRIALS = [
    Trial("forged and copied deliveries of WeChat", deliveries),
    Trial("absurd times in WeChat's messages", odd_times),
    Trial("guessing query codes", guessing),
    Trial("query codes at rest", codes_at_rest),
]
