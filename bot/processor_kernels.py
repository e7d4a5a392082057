"""Which kernels Rasa's old OpenBLAS shall use.

Rasa 3.6 is bound to numpy 1.23, whose OpenBLAS (0.3.20, of 2022) does not know younger processors and falls back to kernels of
2004 on them; matrices are then multiplied three times slower, by the sentence encoder in every turn. What a processor can do
stands in its flags, so the newest kernels that it can run are named (https://github.com/OpenMathLib/OpenBLAS, README:
``OPENBLAS_CORETYPE``).
"""

from __future__ import annotations

from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
# The newest first; each needs all of its flags.
KERNELS = {
    "SkylakeX": frozenset({"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"}),
    "Haswell": frozenset({"avx2", "fma"}),
}


def kernels_for(cpu_info: str) -> str:
    """The kernels for a processor as Linux describes it; empty where OpenBLAS shall see for itself.

    >>> kernels_for("flags : fpu sse2 fma avx2"), kernels_for("Features : asimd")
    ('Haswell', '')
    """
    line = next((line for line in cpu_info.splitlines() if line.startswith("flags")), "")
    flags = set(line.partition(":")[2].split())
    return next((name for name, needed in KERNELS.items() if needed <= flags), "")


def processor_kernels() -> str:
    """The kernels for this machine's processor; empty where that is not known."""
    try:
        return kernels_for(CPU_INFO.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
