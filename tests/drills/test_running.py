"""`make drills` runs each drill whatever became of the one before, and its exit status tells the truth."""

from pathlib import Path

import pytest

from bench import report
from bench.drills import __main__ as drills
from bench.drills.outcome import Outcome, skipped

HELD = Outcome("fault", "promise", held=True, figures={"lost": 0})


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "safety.md"
    page.write_text(f"before\n{drills.BEGIN}old\n{drills.END}after\n")
    monkeypatch.setattr(drills, "PAGE", page)
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results")
    return page


def outcomes(monkeypatch: pytest.MonkeyPatch, **found: Outcome | Exception) -> list[str]:
    ran: list[str] = []

    def run_alone(name: str) -> list[Outcome]:
        ran.append(name)
        outcome = found.get(name, HELD)
        if isinstance(outcome, Exception):
            raise outcome
        return [outcome]

    monkeypatch.setattr(drills, "run_alone", run_alone)
    return ran


def test_all_that_held_are_stored_and_shown_on_the_page(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = outcomes(monkeypatch, disk_full=skipped("disk", "promise", "no root"))
    assert drills.main([]) == 0
    assert ran == list(drills.NAMES)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| fault | promise | yes | lost 0 |" in text
    assert "| disk | promise | skipped: no root |  |" in text
    assert (page.parent / "results" / "drills.json").exists()
    assert (page.parent / "results" / "drills.md").exists()


def test_one_that_falls_over_stops_none_and_is_told(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = outcomes(monkeypatch, kills=RuntimeError("no server"), redis=Outcome("redis", "fast", held=False))
    assert drills.main([]) == 1
    assert ran == list(drills.NAMES)
    assert capsys.readouterr().err == "broken: kills; redis\n"
    assert "| kills | the drill runs to its end | **no** | RuntimeError no server |" in page.read_text()


def test_a_few_by_name_are_run_and_nothing_is_stored(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = outcomes(monkeypatch)
    assert drills.main(["web", "clock"]) == 0
    assert ran == ["web", "clock"]
    assert "old" in page.read_text()


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert drills.main(["flood"]) == 2
    assert "unknown: flood" in capsys.readouterr().err


def test_every_drill_can_be_run_by_its_name() -> None:
    folder = Path(drills.__file__).parent
    assert [name for name in drills.NAMES if "\ndef run(" not in (folder / f"{name}.py").read_text()] == []
    assert drills.BEGIN in Path(drills.PAGE).read_text()
