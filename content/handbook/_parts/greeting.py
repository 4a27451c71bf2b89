"""A greeting, one file that the handbook shows in pieces."""


# region: greet
def greet(name):
    # region: return
    return f"Hello, {name}!"
    # endregion: return
# endregion: greet


if __name__ == "__main__":
    print(greet("reader"))
