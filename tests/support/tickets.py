"""Filing the same complaint again and again."""

from __future__ import annotations

from chat_page import ChatPage


def file_street_lamp(chat: ChatPage) -> tuple[str, str]:
    """A complaint about a broken street lamp, filed in the chat: its number and query code."""
    chat.ask("我家门口的路灯坏了，我要投诉")
    chat.ask("临江区梧桐路 18 号门口")
    if "什么时候" in chat.transcript()[-1][1]:
        chat.ask("从上周三晚上开始")
    chat.press("匿名")
    filed = chat.press("确认提交")
    return filed.part("wz-ticket-number").inner_text(), filed.part("wz-ticket-code").inner_text()
