"""The command line. Commands import what they need when they run, so that `newsloom --help` answers at once."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point: errors that a person can mend are one line on standard error, and an exit code (DESIGN, section 4)."""
    from shared.cli.app import app
    from shared.errors import NewsloomError

    try:
        app()
    except NewsloomError as error:
        print(f"newsloom: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # `newsloom articles | head` closes our output; that is no error, and there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        from shared.stage import Unavailable

        if not isinstance(error, Unavailable):
            raise
        print(f"newsloom: {error}; nothing is lost: mend it and run the same command again", file=sys.stderr)
        sys.exit(3)
