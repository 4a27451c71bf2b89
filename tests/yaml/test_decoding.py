from octavo.yamltext import TextProblem, decode_text


def test_utf8_is_decoded_and_a_byte_order_mark_is_dropped():
    assert decode_text(b"\xef\xbb\xbftitle: caf\xc3\xa9\r\n") == ("title: café\r\n", None)


def test_a_nul_stays_for_the_caller():
    assert decode_text(b"a\0b") == ("a\0b", None)


def test_ym_10_latin_1_is_refused_with_byte_line_and_guess():
    text, problem = decode_text(b"title: x\nname: caf\xe9\n")

    assert text is None
    assert problem == TextProblem(
        message="not UTF-8: byte 19, on line 2, is 0xe9",
        hint="the file looks like Latin-1 (ISO 8859-1); save it as UTF-8",
        line=2,
    )


def test_ym_10_bytes_behind_a_byte_order_mark_are_counted_in_the_file():
    _, problem = decode_text(b"\xef\xbb\xbfab\xff")

    assert problem is not None
    assert problem.message == "not UTF-8: byte 6, on line 1, is 0xff"


def test_ym_10_utf_16_is_named_with_and_without_its_mark():
    guesses = []
    for data in ("title: ü".encode("utf-16"), "title: \u0100\ud7ff".encode("utf-16-le")):
        text, problem = decode_text(data)
        guesses.append((text, problem and problem.hint))

    assert guesses == [
        (None, "the file looks like UTF-16; save it as UTF-8"),
        (None, "the file looks like UTF-16 without a byte order mark; save it as UTF-8"),
    ]


def test_ym_10_windows_quotes_are_told_from_latin_1():
    _, problem = decode_text(b"it\x92s")

    assert problem is not None
    assert problem.hint == "the file looks like Windows-1252; save it as UTF-8"
