"""zip: each file in it through its own importer. Paths are only shown, never used; archives in archives are refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath

from knowledge_base.importing.limits import Limits
from knowledge_base.importing.packages import open_package, unpack
from knowledge_base.importing.parts import ImportProblem, Parsed
from knowledge_base.importing.progress import steps, unheard

IGNORED = ("__MACOSX", ".DS_Store", "Thumbs.db", "~$")


def read(data: bytes, limits: Limits, member_reader: Callable[[str, bytes], Parsed]) -> list[Parsed]:
    """What is in the archive; the first file that cannot be read is named in an ImportProblem."""
    found: list[Parsed] = []
    left = limits.unpacked_bytes
    with open_package(data, limits) as package:
        for member in steps(package.infolist()):
            name = _name(member)
            if member.is_dir() or any(part.startswith(IGNORED) for part in PurePosixPath(name).parts):
                continue
            short = PurePosixPath(name).name
            if short.lower().endswith(".zip"):
                raise ImportProblem(f"压缩包里还有压缩包（{short}），请解开后再导入")
            content = unpack(package, member, min(left, limits.file_bytes), limits)
            left -= len(content)
            try:
                with unheard():
                    found.append(member_reader(short, content))
            except ImportProblem as problem:
                raise ImportProblem(f"{short}：{problem}") from problem
    if not found:
        raise ImportProblem("压缩包是空的")
    return found


def _name(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: Chinese programs write GBK without saying so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
