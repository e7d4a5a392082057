"""Reading in a process of its own, with its time and memory limited: what a broken file does to it stays there.

Run as ``python -m knowledge_base.importing.reading_process NAME``: the file on standard input, the parts as JSON on
standard output, how far it is as ``progress 3 40`` on standard error.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
import threading
from typing import IO

from pydantic import TypeAdapter

from knowledge_base.importing.limits import Limits, size_text
from knowledge_base.importing.parts import TOO_MUCH, ImportProblem, Parsed
from knowledge_base.importing.progress import begin, listening, report
from knowledge_base.importing.reading import read

_PARTS = TypeAdapter(list[Parsed])
_PROGRESS = re.compile(rb"progress (\d+) (\d+)")
PROBLEM = 3  # exit code: the message is on standard output


def read_apart(name: str, data: bytes, limits: Limits) -> list[Parsed]:
    """What :func:`reading.read` gives, read by a child process; raises ImportProblem also where that dies."""
    if len(data) > limits.file_bytes:  # not worth a process
        raise ImportProblem(f"文件超过 {size_text(limits.file_bytes)}，请拆成几个文件")
    command = [sys.executable, "-m", __name__, name, limits.model_dump_json()]
    begin("read")
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as parts:
        given.write(data)
        given.seek(0)
        code = _run(command, given, parts, limits.reading_seconds)
        parts.seek(0)
        read_back = parts.read()
    if code == PROBLEM:
        raise ImportProblem(read_back.decode())
    if code != 0:
        raise ImportProblem(TOO_MUCH)
    return _PARTS.validate_json(read_back)


def _run(command: list[str], given: IO[bytes], parts: IO[bytes], seconds: int) -> int:
    """The child's exit code; what it says of its progress is passed on, and it is killed after so many seconds."""
    with subprocess.Popen(command, stdin=given, stdout=parts, stderr=subprocess.PIPE) as child:  # noqa: S603 - our own module; the name is an argument, not a command
        alarm = threading.Timer(seconds, child.kill)
        alarm.start()
        try:
            for line in child.stderr or ():
                if found := _PROGRESS.fullmatch(line.strip()):
                    report(int(found[1]), int(found[2]))
            return child.wait()
        finally:
            alarm.cancel()
            child.kill()


def _tell_parent(_phase: str, done: int, total: int) -> None:
    print(f"progress {done} {total}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Read standard input as the file that the first argument names; the second is the limits as JSON."""
    name, limits = arguments[0], Limits.model_validate_json(arguments[1])
    resource.setrlimit(resource.RLIMIT_AS, (limits.reading_memory_bytes, limits.reading_memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.reading_seconds, limits.reading_seconds))
    try:
        with listening(_tell_parent):
            parsed = read(name, sys.stdin.buffer.read(), limits)
        sys.stdout.buffer.write(_PARTS.dump_json(parsed))
    except ImportProblem as problem:
        sys.stdout.buffer.write(str(problem).encode())
        return PROBLEM
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
