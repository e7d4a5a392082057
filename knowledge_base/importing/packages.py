"""Zip packages (docx, xlsx, zip) looked through before any library opens them: bombs, macros, XML entities.

Sizes in a zip's directory are claims; what is unpacked here is counted, and nothing is written to disk.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from knowledge_base.importing.limits import Limits, size_text
from knowledge_base.importing.parts import ImportProblem

CHUNK = 1 << 16
XML = (".xml", ".rels", ".vml")
MACROS = "vbaproject.bin"
# What zipfile and zlib raise for damage: NotImplementedError for a compression they do not know, RuntimeError for a password.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def open_package(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The package; raises ImportProblem where it is broken, locked, or claims to unpack to too much."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise ImportProblem("文件打不开，可能已经损坏；请重新保存后再导入") from error
    members = package.infolist()
    if len(members) > limits.members:
        raise ImportProblem(f"压缩包里最多 {limits.members} 个文件")
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise ImportProblem(f"压缩包解开后超过 {size_text(limits.unpacked_bytes)}")
    for member in members:
        _check_ratio(member.file_size, member.compress_size, limits)
        if member.flag_bits & 0x1:
            raise ImportProblem("文件设了密码，请去掉密码再导入")
    return package


def check_office_package(data: bytes, limits: Limits) -> None:
    """Raise ImportProblem unless a docx or xlsx is harmless: no macros, no document types or entities, no bombs."""
    with open_package(data, limits) as package:
        for member in package.infolist():
            if member.filename.lower().endswith(MACROS):
                raise ImportProblem("文件里带有宏，请另存为不含宏的 docx 或 xlsx 再导入")
            if member.filename.lower().endswith(XML):
                _check_xml(package, member, limits)


def unpack(package: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int, limits: Limits) -> bytes:
    """The bytes of one member, at most ``limit``; raises ImportProblem beyond."""
    return b"".join(_chunks(package, member, limit, limits))


def _chunks(package: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int, limits: Limits) -> Iterator[bytes]:
    read = 0
    try:
        with package.open(member) as stream:
            while chunk := _next(stream):
                read += len(chunk)
                _check_ratio(read, member.compress_size, limits)
                if read > limit:
                    raise ImportProblem(f"{member.filename} 解开后超过 {size_text(limit)}")
                yield chunk
    except BROKEN as error:
        raise ImportProblem("文件打不开，可能已经损坏；请重新保存后再导入") from error


def _next(stream: IO[bytes]) -> bytes:
    return stream.read(CHUNK)


def _check_ratio(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * max(packed, 1):
        raise ImportProblem("文件压缩得不正常，像是压缩炸弹，没有打开")


def _check_xml(package: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> None:
    parser = make_parser()
    parser.forbid_dtd = True
    try:
        for chunk in _chunks(package, member, limits.text_bytes, limits):
            parser.feed(chunk)
        parser.close()
    except ImportProblem:
        raise
    except DefusedXmlException as error:
        raise ImportProblem("文件里有不允许的 XML 实体，没有打开") from error
    except Exception as error:  # expat's errors, and whatever a broken encoding raises
        raise ImportProblem("文件打不开，可能已经损坏；请重新保存后再导入") from error
