"""The command line. Commands import what they need when they run, so that `newsloom --help` answers at once."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point: errors that a person can mend are one line on standard error, and an exit code (DESIGN, section 4)."""
    import io

    from shared.cli.app import app
    from shared.cli.failures import drop_output, ending_of
    from shared.cli.options import close_all
    from shared.printable import printable

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that is no UTF-8 shows less; that is no reason to end in the middle.
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app()
        finally:
            close_all()
            # Not left to the interpreter: what it cannot write any more, it tells as a traceback.
            sys.stdout.flush()
    except BrokenPipeError:
        # `newsloom articles | head` closes our output; that is no error, and there is nobody left to tell.
        drop_output()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        ending = ending_of(error)
        if ending is None:
            raise
        print(f"newsloom: {printable(ending.line)}", file=sys.stderr)
        drop_output()
        sys.exit(ending.exit_code)
