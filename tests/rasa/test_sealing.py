"""What Rasa keeps of a conversation is sealed."""

import unittest

from cryptography.fernet import Fernet

from bot.dialogue.sealing import Sealing

KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()
WORDS = '{"events": [{"text": "我叫张三，电话13800138000"}]}'


class SealingTest(unittest.TestCase):
    def test_what_is_sealed_is_opened_again_and_cannot_be_read_in_between(self) -> None:
        sealed = Sealing(KEY).seal(WORDS)
        self.assertNotIn("13800138000", sealed)
        self.assertEqual(Sealing(KEY).open(sealed), WORDS)
        self.assertEqual(Sealing(KEY).open(sealed.encode()), WORDS)

    def test_with_another_key_the_conversation_begins_anew(self) -> None:
        with self.assertLogs("bot.dialogue.sealing", "WARNING"):
            self.assertIsNone(Sealing(OTHER).open(Sealing(KEY).seal(WORDS)))

    def test_a_memory_of_an_earlier_version_is_read(self) -> None:
        self.assertEqual(Sealing(KEY).open(WORDS), WORDS)

    def test_without_a_key_nothing_is_kept(self) -> None:
        with self.assertRaisesRegex(ValueError, "WENZHENG_TRACKER_KEY"):
            Sealing("")


if __name__ == "__main__":
    unittest.main()
