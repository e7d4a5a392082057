from pathlib import Path

import pytest

from bot.settings import Settings


def test_settings_come_from_the_environment_with_or_without_our_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_PORT", "9000")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/1")
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/wenzheng")
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert settings.base_url == "http://127.0.0.1:9000"
    assert settings.redis_dsn == "redis://cache.example/1"
    assert settings.database_dsn == "postgresql://db.example/wenzheng"


def test_the_defaults_need_nothing_from_outside(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    assert settings.database_dsn == f"sqlite:///{tmp_path}/wenzheng.db"
    assert settings.redis_dsn == f"redis://:{settings.redis_password()}@127.0.0.1:6390/0"
    assert settings.models == tmp_path / "models"


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = Settings(wechat_secret="very secret", _env_file=None)  # type: ignore[call-arg]
    assert "very secret" not in repr(settings)


def test_our_own_redis_has_a_long_password_that_comes_from_the_secret_and_is_always_the_same(tmp_path: Path) -> None:
    first, second = (
        Settings(data_dir=tmp_path, secret_key=secret, _env_file=None)  # type: ignore[call-arg, arg-type]
        for secret in ("the first secret, long enough for one", "the second secret, long enough for one")
    )
    assert len(first.redis_password()) > 60
    assert first.redis_password() == first.redis_password() != second.redis_password()
    assert not list(tmp_path.iterdir()), "a configured secret is written nowhere"
    assert first.redis_password() not in repr(first)


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_a_wrong_aes_key_is_refused_with_its_name() -> None:
    with pytest.raises(ValueError, match="WENZHENG_WECHAT_AES_KEY"):
        Settings(wechat_aes_key="short", _env_file=None)  # type: ignore[call-arg]


def test_a_redis_user_that_rasa_could_not_sign_in_as_is_refused() -> None:
    with pytest.raises(ValueError, match="default user"):
        Settings(redis_url="redis://alice:secret@cache.example:6379/0", _env_file=None)  # type: ignore[call-arg]
