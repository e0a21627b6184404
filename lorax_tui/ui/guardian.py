"""Gives a terminal back as it was when the one who had taken it is gone without a word.

    python -I -S guardian.py TERMIOS CONTROL_CHARACTERS LAST_LINE   stdin: a pipe from the program; stdout: the terminal

Neither SIGKILL nor a crash of the interpreter can be caught, and a program that waits for its terminal cannot restore
it: this process can, for it sees the pipe end. A word in the pipe means that there is nothing to do. Knows nothing of
the rest of the package when it runs, and imports nothing of it.
"""

import os
import sys
import termios

MODES_OFF = (
    "\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
    "\x1b[<u\x1b[0m\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""Everything that is turned on for a screen, off again."""

TERMINAL = 1


def arguments(attributes: list[int | list[bytes | int]], last_line: str) -> list[str]:
    """What `main` is started with.

    Args:
        attributes: of the terminal, as `termios.tcgetattr` has them.
        last_line: what is told when the terminal had to be given back.
    """
    *flags, characters = attributes
    assert isinstance(characters, list)
    codes = [character if isinstance(character, int) else character[0] for character in characters]
    return [",".join(map(str, flags)), bytes(codes).hex(), last_line]


def main(flags: str, characters: str, last_line: str) -> None:
    """Wait for the word or for the end of the pipe."""
    if os.read(0, 1):
        return
    try:
        # A shell that has taken the terminal over meanwhile lets its keys send signals; the program did not.
        if not termios.tcgetattr(TERMINAL)[3] & termios.ISIG:
            attributes: list[int | list[bytes | int]] = [int(flag) for flag in flags.split(",")]
            attributes.append([bytes([code]) for code in bytes.fromhex(characters)])
            termios.tcsetattr(TERMINAL, termios.TCSANOW, attributes)
        text = f"{MODES_OFF}{last_line}\r\n".encode()
        while text:
            text = text[os.write(TERMINAL, text) :]
    except (OSError, termios.error):
        return  # the terminal is gone, too


if __name__ == "__main__":
    main(*sys.argv[1:])
