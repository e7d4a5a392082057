"""Too much of everything: sign-ins, streams, slow connections, pages without a session, odd numbers and headers."""

from __future__ import annotations

import contextlib
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx

from channels.console.addresses import SIGN_IN_FORM
from tests.attack.ground import Ground, Others, others_asking
from tests.attack.trial import Trial, hold

OTHERS_SECONDS = 4.0
SIGN_IN_MEMORY_MB = 200.0
LOG_BYTES_A_REQUEST = 1024
LOGIN_KB_A_REQUEST = 20.0
SLOW_SECONDS = 45.0


def served(others: Others) -> None:
    """Others were answered all the time, and soon."""
    hold(not others.failures, f"others were not answered: {others.failures[:3]}")
    hold(others.worst < OTHERS_SECONDS, f"others waited {others.worst:.1f} s")


def sign_ins(ground: Ground) -> str:
    """Sign-ins at once take no more memory than two hashes, and others are served."""
    _sign_in(ground, 0)  # what the first one loads stays, and is no flood's doing
    before, peak = ground.memory(), 0.0
    with others_asking(ground) as others, ThreadPoolExecutor(ground.scale.sign_ins) as pool:
        tries = [pool.submit(_sign_in, ground, number) for number in range(ground.scale.sign_ins)]
        while not all(attempt.done() for attempt in tries):
            peak = max(peak, ground.memory())
            time.sleep(0.05)
    statuses = Counter(attempt.result() for attempt in tries)
    hold(max(statuses) < 600 and 500 not in statuses, f"answers: {dict(statuses)}")
    hold(peak - before < SIGN_IN_MEMORY_MB, f"memory grew by {peak - before:.0f} MB")
    served(others)
    return f"{ground.scale.sign_ins} at once: {dict(statuses)}, {max(0.0, peak - before):.0f} MB more; {others}"


def _sign_in(ground: Ground, number: int) -> int:
    form = {"username": f"nobody{number % 7}", "password": f"wrong-password-{number}"}
    with ground.assistant.client() as http:
        return http.post(SIGN_IN_FORM, data=form, timeout=60).status_code


def streams(ground: Ground) -> str:
    """One conversation cannot hold all streams; whoever comes later still gets one."""
    citizen = ground.citizen()
    with contextlib.ExitStack() as stack:
        statuses = Counter(
            stack.enter_context(_stream(ground, citizen.path, citizen.token)) for _ in range(ground.scale.connections)
        )
        hold(statuses[200] < ground.scale.connections, f"{statuses[200]} streams in one conversation")
        hold(set(statuses) <= {200, 429, 503}, f"answers: {dict(statuses)}")
        other = ground.citizen()
        with _stream(ground, other.path, other.token) as status:
            hold(status == 200, f"another citizen's stream was answered with {status}")
        hold(other.say("护照怎么办").parts, "another citizen was not answered")
        other.close()
    citizen.close()
    return f"{ground.scale.connections} in one conversation: {dict(statuses)}; another citizen got one"


@contextlib.contextmanager
def _stream(ground: Ground, path: str, token: str) -> Iterator[int]:
    headers = {"Authorization": f"Bearer {token}"}
    with ground.assistant.client(headers=headers) as http:
        request = http.build_request("GET", f"{path}/events")
        response = http.send(request, stream=True)
        yield response.status_code
        response.close()


def slow_headers(ground: Ground) -> str:
    """Connections that send a header byte by byte are closed, and keep nobody from being served."""
    return _slow(ground, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X-Slow: a\r\n")


def slow_bodies(ground: Ground) -> str:
    """Connections that announce a body and send it byte by byte are closed too."""
    head = (
        b"POST /api/chat/conversations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 5000\r\n\r\n"
    )
    return _slow(ground, head, b" ")


def _slow(ground: Ground, head: bytes, drop: bytes) -> str:
    address = ("127.0.0.1", ground.assistant.settings.port)
    started = time.monotonic()
    with others_asking(ground) as others, contextlib.ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_connection(address, timeout=5)) for _ in range(ground.scale.connections)
        ]
        for connection in sockets:
            connection.sendall(head)
        left = sockets
        while left and time.monotonic() - started < SLOW_SECONDS:
            time.sleep(1)
            left = [connection for connection in left if _still_open(connection, drop)]
        took = time.monotonic() - started
    hold(not left, f"{len(left)} of {len(sockets)} slow connections are open after {took:.0f} s")
    served(others)
    return f"{len(sockets)} closed within {took:.0f} s; {others}"


def _still_open(connection: socket.socket, drop: bytes) -> bool:
    connection.settimeout(0.05)
    try:
        connection.sendall(drop)
        return bool(connection.recv(4096))
    except TimeoutError:
        return True
    except OSError:
        return False


def console_without_session(ground: Ground) -> str:
    """Requests to the console's inside without a session leave nothing behind in the log."""
    before = ground.log_bytes()
    with ground.assistant.client() as http:
        statuses = Counter(
            http.get(f"/console/_nicegui/x{number}").status_code for number in range(ground.scale.requests)
        )
    grown = (ground.log_bytes() - before) / ground.scale.requests
    hold(500 not in statuses, f"answers: {dict(statuses)}")
    hold(grown < LOG_BYTES_A_REQUEST, f"{grown:.0f} bytes of log a request")
    return f"{ground.scale.requests} requests: {dict(statuses)}, {grown:.0f} bytes of log each"


def login_page(ground: Ground) -> str:
    """The sign-in page keeps no memory for each visitor."""
    with ground.assistant.client() as http:
        for _ in range(20):
            http.get("/console/login")
        before = ground.memory()
        for _ in range(ground.scale.requests):
            hold(http.get("/console/login").status_code in {200, 429}, "the page was not answered")
    grown = (ground.memory() - before) * 1024 / ground.scale.requests
    hold(grown < LOGIN_KB_A_REQUEST, f"{grown:.0f} KB kept for each visit")
    return f"{ground.scale.requests} visits, {max(0.0, grown):.1f} KB each"


def odd_requests(ground: Ground) -> str:
    """Numbers beyond 64 bits, headers that are no ASCII, hosts of others: refused, never an error of ours."""
    citizen = ground.citizen()
    path, base = citizen.path, ground.assistant.base_url
    asked = [
        ("GET", f"{path}?after={2**63}", {}),
        ("GET", f"{path}?after=-{2**63}", {}),
        ("GET", f"{path}/events?after={2**70}", {}),
        ("GET", path, {"Authorization": "Bearer é".encode("latin-1")}),
        ("GET", path, {"Authorization": b"Bearer \xff\xfe"}),
        ("GET", "/console", {"Host": "evil.example"}),
        ("GET", "/static/..%2f..%2fvar%2fsecret.key", {}),
        (
            "GET",
            "/api/knowledge/entries?limit=99999999999999999999",
            {"Authorization": "Bearer wz_é".encode("latin-1")},
        ),
        ("POST", f"{path}/messages", {"Content-Type": "application/json"}),
    ]
    statuses: list[int] = []
    with httpx.Client(
        base_url=base, trust_env=False, timeout=20, headers={"Authorization": f"Bearer {citizen.token}"}
    ) as http:
        for method, address, headers in asked:
            response = http.request(method, address, headers=headers)
            statuses.append(response.status_code)
            hold(response.status_code < 500, f"{method} {address[:60]} gave {response.status_code}")
            hold("evil.example" not in response.headers.get("location", ""), "a redirect leads to another host")
    citizen.close()
    return f"{len(asked)} odd requests: {dict(Counter(statuses))}"


TRIALS = [
    Trial("a flood of sign-ins", sign_ins),
    Trial("streams without end", streams),
    Trial("headers byte by byte", slow_headers),
    Trial("bodies byte by byte", slow_bodies),
    Trial("the console's inside without a session", console_without_session),
    Trial("the sign-in page again and again", login_page),
    Trial("odd numbers, headers and hosts", odd_requests),
]
