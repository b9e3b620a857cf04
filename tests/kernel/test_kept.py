"""What is read now and then and kept between."""

import threading

import pytest

from campaign.kernel.kept import Kept


def counting(seconds=10.0):
    read = []

    def again():
        read.append(None)
        return len(read)

    return Kept(again, seconds)


def test_a_value_is_read_once_for_as_long_as_it_may_be_old(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("campaign.kernel.kept.time.monotonic", lambda: now[0])
    kept = counting()
    assert (kept.current(), kept.current()) == (1, 1)
    now[0] += 10
    assert (kept.current(), kept.current()) == (2, 2)
    kept.forget()
    assert kept.current() == 3


def test_while_one_thread_reads_the_others_go_on_with_the_old_value():
    is_reading, may_go_on = threading.Event(), threading.Event()
    values = iter(("old", "new"))

    def read():
        value = next(values)
        if value == "new":
            is_reading.set()
            may_go_on.wait(10)
        return value

    kept = Kept(read, 0.0)
    assert kept.current() == "old"
    reader = threading.Thread(target=kept.current)
    reader.start()
    assert is_reading.wait(10)
    assert kept.current() == "old"
    may_go_on.set()
    reader.join()


def test_what_cannot_be_read_is_asked_for_again():
    kept = Kept(lambda: 1 // 0, 10.0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            kept.current()
