"""Reading in a process of its own, with its time and memory limited: what a broken file does to it stays there.

Run as ``python -m knowledge_base.importing.reading_process NAME``: the file on standard input, the parts as JSON on
standard output.
"""

from __future__ import annotations

import resource
import subprocess
import sys

from pydantic import TypeAdapter

from knowledge_base.importing.limits import Limits, size_text
from knowledge_base.importing.parts import TOO_MUCH, ImportProblem, Parsed
from knowledge_base.importing.reading import read

_PARTS = TypeAdapter(list[Parsed])
PROBLEM = 3  # exit code: the message is on standard output


def read_apart(name: str, data: bytes, limits: Limits) -> list[Parsed]:
    """What :func:`reading.read` gives, read by a child process; raises ImportProblem also where that dies."""
    if len(data) > limits.file_bytes:  # not worth a process
        raise ImportProblem(f"文件超过 {size_text(limits.file_bytes)}，请拆成几个文件")
    command = [sys.executable, "-m", __name__, name, limits.model_dump_json()]
    try:
        child = subprocess.run(  # noqa: S603 - our own module; the name is an argument, not a command
            command, input=data, capture_output=True, timeout=limits.reading_seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ImportProblem(TOO_MUCH) from error
    if child.returncode == PROBLEM:
        raise ImportProblem(child.stdout.decode())
    if child.returncode != 0:
        raise ImportProblem(TOO_MUCH)
    return _PARTS.validate_json(child.stdout)


def main(arguments: list[str]) -> int:
    """Read standard input as the file that the first argument names; the second is the limits as JSON."""
    name, limits = arguments[0], Limits.model_validate_json(arguments[1])
    resource.setrlimit(resource.RLIMIT_AS, (limits.reading_memory_bytes, limits.reading_memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.reading_seconds, limits.reading_seconds))
    try:
        parsed = read(name, sys.stdin.buffer.read(), limits)
        sys.stdout.buffer.write(_PARTS.dump_json(parsed))
    except ImportProblem as problem:
        sys.stdout.buffer.write(str(problem).encode())
        return PROBLEM
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
