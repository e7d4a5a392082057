import pytest

from bot.processor_kernels import kernels_for, processor_kernels


@pytest.mark.parametrize(
    ("flags", "kernels"),
    [
        ("fpu avx2 fma avx512f avx512dq avx512bw avx512vl avx512cd amx_tile", "SkylakeX"),
        ("fpu avx2 fma avx512f", "Haswell"),
        ("fpu avx", ""),
    ],
)
def test_the_newest_kernels_that_the_processor_can_run_are_named(flags: str, kernels: str) -> None:
    assert kernels_for(f"processor : 0\nflags\t\t: {flags}\n") == kernels


def test_a_machine_that_says_nothing_is_left_to_itself(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("bot.processor_kernels.CPU_INFO", tmp_path / "missing")
    assert processor_kernels() == ""
