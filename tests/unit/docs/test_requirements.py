"""Requirements are compiled for the CPU, and what one author alone stands for is pinned by hash."""

from importlib.metadata import distributions
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "requirements"
# Torch's build for graphics cards brings 3.4 GB of these; its build for the CPU uses none.
FOR_CARDS = ("nvidia-", "triton", "cuda-")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: str(file.name))
def test_no_package_for_graphics_cards_is_pinned(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(FOR_CARDS) or "+cpu" in line] == []


def test_none_is_installed() -> None:
    names = {(one.metadata["Name"] or "").lower().replace("_", "-") for one in distributions()}
    assert "torch" in names
    assert {name for name in names if name.startswith(FOR_CARDS)} == set()


def test_every_encoder_from_a_wheel_is_pinned_by_hash() -> None:
    text = (FOLDER / "encoders.txt").read_text(encoding="utf-8")
    pinned = [line for line in text.replace("\\\n", "").splitlines() if not line.startswith("#")]
    assert len(pinned) == 2
    assert all("==" in line and "--hash=sha256:" in line for line in pinned)
