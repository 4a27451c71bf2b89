"""The bound on processor time."""

import re
import signal
import sys
import threading
import time

import pytest

from octavo.highlight.timelimit import run_within

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the guard needs POSIX timers")


def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"


def hang():
    return re.match(r"(a+)+$", "a" * 40 + "b")


@pytest.fixture
def own_handler():
    def handler(_signal, _frame):
        raise AssertionError("the timer of the test ran out")

    before = signal.signal(signal.SIGVTALRM, handler)
    yield handler
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def test_call_within_its_time_gives_its_result():
    assert run_within(5, lambda: "done") == "done"


def test_regular_expression_that_does_not_end_is_stopped():
    assert run_within(0.05, hang) is None


def test_call_that_catches_every_exception_is_stopped():
    def stubborn():
        try:
            return hang()
        except Exception:
            return "caught"

    assert run_within(0.05, stubborn) is None


def test_exception_of_the_call_passes_through():
    with pytest.raises(ZeroDivisionError):
        run_within(5, lambda: 1 / 0)


def test_time_that_is_slept_is_not_counted():
    assert run_within(0.05, lambda: threading.Event().wait(0.15)) is False


@pytest.mark.parametrize("call", [lambda: "done", hang])
def test_handler_and_timer_of_before_come_back(call, own_handler):
    signal.setitimer(signal.ITIMER_VIRTUAL, 50)

    run_within(0.05, call)

    assert signal.getsignal(signal.SIGVTALRM) is own_handler
    assert 40 < signal.getitimer(signal.ITIMER_VIRTUAL)[0] <= 51


def test_no_timer_is_left_where_none_was(own_handler):
    run_within(0.01, hang)

    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert spin(0.05) == "done"


def test_other_threads_run_without_a_bound():
    results = []
    thread = threading.Thread(target=lambda: results.append(run_within(0.01, lambda: spin(0.1))))
    thread.start()
    thread.join()

    assert results == ["done"]
