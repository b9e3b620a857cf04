"""The timetable survives whatever a crash leaves of beat's file."""

from datetime import timedelta

import pytest
from celery import Celery

from workers.beat import ForgivingScheduler


def begin(path) -> ForgivingScheduler:
    app = Celery("made-up", broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {"nightly": {"task": "made-up", "schedule": timedelta(days=1)}}
    scheduler = ForgivingScheduler(app, schedule_filename=str(path), lazy=True)
    scheduler.setup_schedule()
    return scheduler


@pytest.mark.parametrize("left", [b"", b"half a pick"])
def test_a_broken_file_is_begun_anew(tmp_path, left):
    begin(tmp_path / "beat-schedule").close()
    files = [path for path in tmp_path.iterdir() if path.suffix not in {".dir", ".bak"}]
    assert files
    for path in files:
        path.write_bytes(left)
    scheduler = begin(tmp_path / "beat-schedule")
    assert "nightly" in scheduler.schedule
    scheduler.close()


def test_a_whole_file_is_kept(tmp_path):
    first = begin(tmp_path / "beat-schedule")
    first.schedule["nightly"].total_run_count = 7
    first.close()
    assert begin(tmp_path / "beat-schedule").schedule["nightly"].total_run_count == 7
