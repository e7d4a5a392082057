"""Both APIs are asked whatever their own descriptions allow, and much that they forbid: they answer, and never break.

A running assistant of its own: what is asked writes drafts, deletes questions and opens conversations.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from assistant import RunningAssistant, running_assistant
from citizen import Citizen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from prerequisites import require_models
from schemathesis import Case, GenerationMode

pytestmark = pytest.mark.slow
EXAMPLES = 8
SECONDS = 40  # for one API; what is left then is not asked
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    require_models()
    with running_assistant(tmp_path_factory.mktemp("asked")) as running:
        yield running


@pytest.fixture(scope="module")
def token(asked: RunningAssistant) -> str:
    asked.wenzheng("account", "add", "zhaolei", "--role", "curator", "--role", "manager", "--password", PASSWORD)
    return asked.wenzheng("account", "token", "zhaolei", "--purpose", "schemas").stdout.split()[-1]


def ask_everything(schema: schemathesis.BaseSchema, ask: Callable[[Case], None], skip: tuple[str, ...] = ()) -> int:
    """Ask each operation what it allows and what it forbids; returns how many operations were asked."""
    until, count = time.monotonic() + SECONDS, 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.endswith(skip):
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if time.monotonic() < until:
                run(operation.as_strategy(generation_mode=mode), ask)
        count += 1
    return count


def run(cases: SearchStrategy[Case], ask: Callable[[Case], None]) -> None:
    @BOUNDED
    @given(case=cases)
    def asked(case: Case) -> None:
        ask(case)

    with contextlib.suppress(Unsatisfiable):  # an operation without parameters can be asked nothing wrong
        asked()


def checked(case: Case, seen: Counter[int], **options: str) -> None:
    """Ask once: no 5xx, but for a 503 that says when to come again; refusals are problems (RFC 9457)."""
    response = case.call(headers=options, timeout=20)
    seen[response.status_code] += 1
    shown = f"{case.method} {case.formatted_path}: {response.status_code} {response.content[:300]!r}\n{case.as_curl_command()}"
    busy = response.status_code == 503 and "retry-after" in response.headers
    assert response.status_code < 500 or busy, shown
    if response.status_code >= 400:
        kind = response.headers.get("content-type", [""])[0]
        assert kind.startswith("application/problem+json") or case.method in {"HEAD", "TRACE"}, shown


def test_the_chat_api_never_breaks(asked: RunningAssistant) -> None:
    citizen, seen = Citizen(asked.base_url, "zh"), Counter[int]()
    schema = schemathesis.openapi.from_url(f"{asked.base_url}/api/openapi.json")

    def ask(case: Case) -> None:
        if "conversation_id" in case.path_parameters:
            case.path_parameters["conversation_id"] = citizen.id
        checked(case, seen, Authorization=f"Bearer {citizen.token}")

    # A stream does not end; /readyz says what is not ready.
    assert ask_everything(schema, ask, skip=("/events", "/readyz")) >= 5
    citizen.close()
    assert seen[200] and seen[422] and seen[201]


def test_the_knowledge_api_never_breaks(asked: RunningAssistant, token: str) -> None:
    seen = Counter[int]()
    schema = schemathesis.openapi.from_url(f"{asked.base_url}/api/knowledge/openapi.json")
    assert ask_everything(schema, lambda case: checked(case, seen, Authorization=f"Bearer {token}")) >= 30
    assert seen[200] and seen[404] and seen[422]


@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63, 10**400, -1])
def test_a_number_beyond_what_databases_keep_is_refused_wherever_a_number_is_taken(
    asked: RunningAssistant, token: str, number: int
) -> None:
    with asked.client(headers={"Authorization": f"Bearer {token}"}) as program:
        places = list(numbered(program.get("/api/knowledge/openapi.json").json(), number))
        assert len(places) > 10
        for method, address in places:
            reply = program.request(method, f"/api/knowledge{address}")
            assert reply.status_code in {415, 422, 428}, (method, address[:200], reply.text)


def numbered(description: dict[str, Any], number: int) -> Iterator[tuple[str, str]]:
    """Method and address of every operation with this number in the place of one of its own."""
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            for one in operation.get("parameters", []):
                if "integer" not in str(one["schema"]):
                    continue
                name = one["name"]
                address = path.replace(f"{{{name}}}", str(number)) if one["in"] == "path" else f"{path}?{name}={number}"
                yield method.upper(), re.sub(r"{\w+}", "1", address)
