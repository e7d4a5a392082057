from collections.abc import Callable, Iterator

import pytest
from assistant import RunningAssistant, running_assistant
from citizen import Citizen
from curator import Curator, curator_at_work
from prerequisites import require_models
from records import Records, records_of
from wechat_simulator import WeChatSimulator

WECHAT = {
    "WENZHENG_WECHAT_TOKEN": "integration-token",
    "WENZHENG_WECHAT_APP_ID": "wx0123456789abcdef",
    "WENZHENG_WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WENZHENG_WECHAT_COMPATIBLE": "true",
}


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """The assistant that most tests talk to; tests share it and must not stop parts of it."""
    require_models()
    with running_assistant(tmp_path_factory.mktemp("assistant"), WECHAT) as running:
        yield running


@pytest.fixture(scope="session")
def records(assistant: RunningAssistant) -> Iterator[Records]:
    with records_of(assistant.settings) as records:
        yield records


@pytest.fixture
def new_citizen(assistant: RunningAssistant) -> Iterator[Callable[..., Citizen]]:
    """Makes citizens, each in a conversation of their own."""
    made: list[Citizen] = []

    def make(locale: str = "zh") -> Citizen:
        made.append(Citizen(assistant.base_url, locale))
        return made[-1]

    yield make
    for citizen in made:
        citizen.close()


@pytest.fixture
def citizen(new_citizen: Callable[..., Citizen]) -> Citizen:
    return new_citizen()


@pytest.fixture(scope="session")
def curator(assistant: RunningAssistant) -> Iterator[Curator]:
    """A curator in another process on the same installation."""
    with curator_at_work(assistant.environment) as curator:
        yield curator


@pytest.fixture(scope="session")
def wechat() -> WeChatSimulator:
    """WeChat's server; one for all tests, for it never gives a message id twice."""
    return WeChatSimulator(
        WECHAT["WENZHENG_WECHAT_TOKEN"], WECHAT["WENZHENG_WECHAT_APP_ID"], WECHAT["WENZHENG_WECHAT_AES_KEY"]
    )
