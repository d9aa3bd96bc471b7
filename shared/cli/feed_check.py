"""newsloom feeds check: how the feeds are."""

from __future__ import annotations

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, Jsonl, print_rows, reading
from shared.cli.printable import printable


def check(jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Health of every feed that was ever polled, the ill ones first. Exit code 1 where there is one."""
    from shared.contracts import rfc3339
    from shared.explanations import explain
    from shared.urls.userinfo import without_userinfo

    states = reading(data_dir).feeds()
    states.sort(key=lambda state: (-state.consecutive_errors, state.url))
    if jsonl:
        print_rows(
            {
                "feed_id": state.feed_id,
                "url": state.public_url,
                "title": state.title,
                "last_success": rfc3339(state.last_success) if state.last_success else None,
                "error": state.last_error_code,
                "message": without_userinfo(state.last_error) if state.last_error else None,
                "errors": state.consecutive_errors,
                "next_poll": rfc3339(state.next_poll),
                "retired": state.retired,
            }
            for state in states
        )
    else:
        # Lines and no table: an address that is cut is no address.
        for state in states:
            health = "retired" if state.retired else "ill" if state.last_error_code else "well"
            success = f"{state.last_success:%Y-%m-%d %H:%M}" if state.last_success else "never"
            errors = f"{counted(state.consecutive_errors, 'error')}, " if state.consecutive_errors else ""
            reason = without_userinfo(explain(state.last_error_code, state.last_error))
            print(printable(f"{health:8} {state.public_url}  {errors}last success {success}{reason and ': ' + reason}"))
        if not states:
            print("no feed was polled yet")
    if any(state.last_error_code for state in states):
        raise typer.Exit(1)
