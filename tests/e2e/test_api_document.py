"""The commands of docs/api.md, run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from assistant import RunningAssistant

from bot.settings import ROOT


def test_every_command_of_the_page_does_what_it_says(assistant: RunningAssistant, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S))
    made = assistant.wenzheng("account", "token", "zhangmin", "--purpose", "文档里的命令")
    for shown, real in (("http://127.0.0.1:8000", assistant.base_url), ("wz_…", made.stdout.strip())):
        assert shown in script
        script = script.replace(shown, real)
    (tmp_path / ".curlrc").write_text("fail-with-body\nnoproxy = *\n")
    ran = subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "CURL_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    assert (tmp_path / "knowledge.zip").read_bytes().startswith(b"PK")
    # What the page has published does not stay for the other stories.
    with assistant.client(headers={"Authorization": f"Bearer {made.stdout.strip()}"}) as program:
        found = program.get("/api/knowledge/entries", params={"query": "社区食堂几点开门"}).json()["items"]
        for one in found:
            tag = f'"{one["version"]}"'
            program.post(f"/api/knowledge/entries/{one['id']}/retire", headers={"If-Match": tag})
        for one in program.get("/api/knowledge/golden-questions").json()["items"]:
            if one["added_by"].startswith("zhangmin"):
                program.delete(f"/api/knowledge/golden-questions/{one['id']}")
