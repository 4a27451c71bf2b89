"""When the files are looked at after hints; the times are the test's own."""

from octavo.preview.rhythm import CALM_LIMIT, FLOOD_GROWTH, FLOOD_LIMIT, FLOOD_QUIET, QUIET, Rhythm


def looks(hints, *, end=1000.0):
    """Run a rhythm over `(time, path)` hints; gives the times of the looks."""
    rhythm = Rhythm()
    found = []
    for now, path in [*hints, (end, "end")]:
        while (due := rhythm.due()) is not None and due <= now:
            found.append(round(due, 3))
            rhythm.looked(due)
        rhythm.hint(path, now)
    return found


def test_nothing_is_due_without_a_hint():
    rhythm = Rhythm()

    assert rhythm.due() is None
    assert not rhythm.is_waiting


def test_a_save_of_several_events_is_one_look_after_a_short_quiet_time():
    assert [round(10.004 + QUIET, 3)] == looks([(10.0, "a"), (10.001, "a"), (10.004, "a~")])


def test_two_saves_are_two_looks():
    assert 2 == len(looks([(10.0, "a"), (10.2, "a")]))


def test_events_that_never_pause_are_looked_at_after_the_limit():
    hints = [(10 + number * 0.01, "log") for number in range(100)]

    assert round(10 + CALM_LIMIT, 3) == looks(hints)[0]


def test_a_flood_waits_for_a_longer_quiet_time():
    hints = [(10 + number * 0.001, f"file-{number}") for number in range(1000)]

    assert [round(hints[-1][0] + FLOOD_QUIET, 3)] == looks(hints)


def test_a_flood_of_one_file_is_a_flood():
    hints = [(10 + number * 0.001, "log") for number in range(400)]

    assert [round(hints[-1][0] + FLOOD_QUIET, 3)] == looks(hints)


def test_a_flood_without_an_end_is_looked_at_less_and_less_often():
    hints = [(10 + number * 0.01, f"file-{number}") for number in range(20_000)]  # two hundred seconds

    found = looks(hints)

    assert [10 + FLOOD_LIMIT, 10 + (1 + FLOOD_GROWTH) * FLOOD_LIMIT] == [round(each) for each in found[:2]]
    assert 3 == len(found)


def test_the_limit_begins_anew_after_a_pause():
    storm = [(number * 0.01, f"file-{number}") for number in range(3000)]
    later = [(100 + now, path) for now, path in storm]

    found = looks(storm + later)

    assert 100 + FLOOD_LIMIT == round(next(each for each in found if each > 100), 2)


def test_another_file_right_after_a_look_belongs_to_the_same_storm():
    found = looks([(10.0, "a"), (10.03, "b"), (10.06, "c"), (10.09, "d")])

    assert [round(10 + QUIET, 3), round(10.09 + FLOOD_QUIET, 3)] == found


def test_the_same_file_right_after_a_look_is_another_save():
    assert 2 == len(looks([(10.0, "a"), (10.1, "a")]))
    assert [round(10.1 + QUIET, 3)] == looks([(10.0, "a"), (10.1, "a")])[1:]


def test_any_path_is_a_flood():
    rhythm = Rhythm()
    rhythm.hint(None, 10.0)

    assert rhythm.is_flood
    assert 10.0 + FLOOD_QUIET == rhythm.due()
