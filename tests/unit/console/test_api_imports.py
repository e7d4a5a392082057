from __future__ import annotations

import io
import zipfile

import import_files as files
import pytest
from api_room import FORM, Api, kind
from console_room import ConsoleRoom
from fastapi.testclient import TestClient

SHEET = files.xlsx([files.question_row(1), files.question_row(2)])
POLICY = "停车办法\n云州市城管局\n第一条 停车每小时五元。\n第二条 残疾人的车辆免费。".encode()
NEWER = "停车新办法\n云州市城管局\n第一条 停车每小时六元。".encode()


@pytest.fixture
def curator(api: Api) -> TestClient:
    return api.staff("curator")


def preview(client: TestClient, name: str, data: bytes) -> str:
    """Uploads a file; the address of the preview."""
    made = client.post("/imports", files={"file": (name, data)}, data={"topic": "hukou"})
    assert made.status_code == 201, made.text
    return str(made.headers["location"]).removeprefix("/api/knowledge")


def document(client: TestClient, name: str, data: bytes, **facts: str) -> str:
    """Imports a policy document; its address."""
    address = preview(client, name, data)
    if facts:
        assert client.put(f"{address}/documents", json=[facts]).status_code == 200
    return f"/documents/{client.post(f'{address}/commit').json()['documents'][0]}"


def test_a_sheet_is_looked_at_imported_once_and_published(curator: TestClient, room: ConsoleRoom) -> None:
    address = preview(curator, "问答.xlsx", SHEET)
    looked = curator.get(address).json()
    assert looked["counts"] == {"create": 2, "update": 0, "same": 0}
    assert curator.get("/entries").json()["total"] == 0

    first = curator.post(f"{address}/commit", json={"only_valid": False}).json()
    assert (first["created"], len(first["entries"])) == (2, 2)
    assert curator.post(f"{address}/commit").json() == first
    assert curator.get("/entries", params={"status": "draft"}).json()["total"] == 2
    assert curator.post(f"{address}/publish").json() == {"published": 2}
    record = room.accounts.audit.records(limit=2)[1]
    assert (record.action, record.detail) == ("knowledge.import", "接口令牌“同步程序”：新建 2，更新 0")


def test_problems_hold_an_import_back_until_they_are_left_out(curator: TestClient) -> None:
    address = preview(curator, "问答.xlsx", files.xlsx([files.question_row(1), ["没有答案的问题", "", ""]]))
    (problem,) = curator.get(address).json()["problems"]
    assert problem["reason"]
    refused = curator.post(f"{address}/commit")
    assert (refused.status_code, kind(refused)) == (422, "import-refused")
    assert curator.post(f"{address}/commit", json={"only_valid": True}).json()["created"] == 1


def test_a_preview_belongs_to_who_made_it_and_can_be_given_up(api: Api, curator: TestClient) -> None:
    address = preview(curator, "问答.xlsx", SHEET)
    other = api.staff("curator", "agent")
    for refused in (other.get(address), other.post(f"{address}/commit"), other.delete(address)):
        assert kind(refused) == "import-refused"
    assert curator.delete(address).status_code == 204
    assert curator.delete(address).status_code == 204
    assert kind(curator.get(address)) == "not-found"
    assert kind(curator.post(f"{address}/commit")) == "not-found"


@pytest.mark.parametrize(
    ("name", "data", "topic"), [("a.exe", b"MZ", "hukou"), ("a.xlsx", b"broken", "hukou"), ("a.txt", POLICY, "nothing")]
)
def test_a_file_that_cannot_be_read_says_why(curator: TestClient, name: str, data: bytes, topic: str) -> None:
    refused = curator.post("/imports", files={"file": (name, data)}, data={"topic": topic})
    assert (refused.status_code, kind(refused)) == (422, "import-refused")
    assert refused.json()["detail"]


def test_a_document_is_described_published_superseded_and_retired(curator: TestClient) -> None:
    address = document(curator, "办法.txt", POLICY, effective="2020-01-01", number="云城管〔2020〕1号")
    read = curator.get(address)
    assert (read.json()["number"], read.json()["waiting"], len(read.json()["entries"])) == ("云城管〔2020〕1号", 3, 3)
    assert kind(curator.post(f"{address}/publish")) == "version-needed"
    done = curator.post(f"{address}/publish", headers={"If-Match": read.headers["etag"]})
    assert (done.json()["status"], done.json()["waiting"]) == ("published", 0)

    newer = document(curator, "新办法.txt", NEWER, effective="2090-01-01")
    tag = done.headers["etag"]
    ends = curator.post(f"{address}/supersede", json={"successor_id": newer.split("/")[-1]}, headers={"If-Match": tag})
    assert ends.json()["expires"] == "2090-01-01"
    assert kind(curator.post(f"{address}/retire", headers={"If-Match": tag})) == "version-conflict"
    retired = curator.post(f"{address}/retire", headers={"If-Match": ends.headers["etag"]})
    assert retired.json()["status"] == "retired"
    assert sorted(one["id"] for one in curator.get("/documents").json()["items"]) == sorted(
        [address.split("/")[-1], newer.split("/")[-1]]
    )


def test_a_document_is_not_published_with_a_passage_that_nobody_has_read(curator: TestClient) -> None:
    address = document(curator, "办法.txt", POLICY)
    read = curator.get(address)
    passage = read.json()["entries"][0]["id"]
    entry = curator.get(f"/entries/{passage}")
    form = entry.json()["form"] | {"answer": "停车每小时五百元。"}
    assert curator.put(f"/entries/{passage}", json=form, headers={"If-Match": entry.headers["etag"]}).status_code == 200

    refused = curator.post(f"{address}/publish", headers={"If-Match": read.headers["etag"]})
    assert (refused.status_code, kind(refused)) == (412, "version-conflict")
    assert refused.headers["etag"] == curator.get(address).headers["etag"]
    assert curator.get(address, headers={"If-None-Match": refused.headers["etag"]}).status_code == 304


def test_everything_can_be_taken_along_and_that_is_recorded(curator: TestClient, room: ConsoleRoom) -> None:
    curator.post("/entries", json=FORM)
    taken = curator.get("/export")
    assert taken.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(taken.content)) as package:
        assert {"manifest.json", "entries.jsonl", "history.jsonl"} <= set(package.namelist())
    assert room.audit()[-1][1] == "knowledge.export"
