"""The faults that the program must survive: what goes wrong, what is required, and which tests make it go wrong.

A row is automated by every test of this folder that is named after it (`test_row_24_...`), and by the tests elsewhere
that it names. A row that no test can make here says why. `python -m tests.faults.catalogue` prints the table.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import match

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent


@dataclass(frozen=True, slots=True)
class Row:
    """One fault or threat."""

    fault: str
    required: str
    elsewhere: tuple[str, ...] = ()
    """Tests of other folders that make it happen, as `tests/unit/test_store.py::test_name`."""
    why_not: str = ""
    """Why no test can make it happen here."""


ROWS: dict[int, Row] = {
    1: Row(
        "markup in a server's text",
        "shown as it is, no crash",
        ("tests/ui/test_hostile.py::test_markup_is_shown_as_it_is",),
    ),
    2: Row(
        "an action in a server's text, clicked",
        "nothing is executed",
        ("tests/ui/test_hostile.py::test_no_text_does_anything_when_clicked",),
    ),
    3: Row("CSI, OSC, DCS, APC; unterminated, too", "not a byte of it reaches the terminal"),
    4: Row(
        "8-bit controls, NEL, NUL, DEL, shifts",
        "shown as a picture or a replacement",
        ("tests/unit/test_text.py::test_nothing_forbidden_passes",),
    ),
    5: Row(
        "text that reads backwards, zero-width, tags, variation selectors",
        "dropped",
        ("tests/unit/test_text.py::test_nothing_forbidden_passes",),
    ),
    6: Row("wide, joined and combining characters", "every column stays where it is"),
    7: Row("a string of 1 MB or of 100,000 lines", "cut before anything is made of it; the loop does not notice"),
    8: Row("invalid UTF-8, lone surrogates", "shown as a replacement, the sample is counted"),
    9: Row("a question to the terminal in a server's text", "no answer of it becomes a key"),
    10: Row(
        "a formula in a cell of a CSV file",
        "quoted, and no formula any more",
        ("tests/unit/test_reports.py::test_a_spreadsheet_finds_no_formula",),
    ),
    11: Row(
        "a script in a report",
        "inert",
        (
            "tests/unit/test_reports.py::test_strings_of_the_run_stay_text",
            "tests/unit/test_reports.py::test_a_script_cannot_be_ended_by_its_data",
        ),
    ),
    12: Row("controls in a picture of the screen", "the XML can be parsed"),
    13: Row("secrets in what is written", "nowhere"),
    14: Row("a crash with secrets in variables", "one calm line; the log is 0600 and holds none either"),
    15: Row("a path in a name, a name that is no file", "refused in one line, or made harmless"),
    16: Row(
        "a planted symlink, a race for a temporary file",
        "the victim is unchanged",
        (
            "tests/unit/test_store.py::test_a_link_is_replaced_and_not_followed",
            "tests/unit/test_journal.py::test_an_existing_file_or_link_is_never_written_over",
        ),
    ),
    17: Row("umask 0", "0600 and 0700 all the same"),
    18: Row(
        "SIGKILL in the middle of a write",
        "nothing is lost that was told; read as cut off",
        ("tests/e2e/test_kills.py::test_nothing_that_was_told_is_lost",),
    ),
    19: Row(
        "the disk is full",
        "the load goes on, with a banner; the end is written",
        (
            "tests/e2e/test_disk_trouble.py::test_a_disk_that_becomes_full",
            "tests/unit/test_journal_trouble.py::test_there_is_room_for_the_end_where_the_disk_is_full",
        ),
    ),
    20: Row(
        "the folder is read-only, or vanishes",
        "told before the start; later a banner",
        (
            "tests/e2e/test_disk_trouble.py::test_a_folder_that_is_removed",
            "tests/unit/test_store.py::test_a_place_that_cannot_be_written_is_told_with_the_way_out",
            "tests/unit/test_journal_trouble.py::test_a_folder_that_becomes_read_only_is_told_when_it_matters",
        ),
    ),
    21: Row("a short write, an interrupted call", "no torn record"),
    22: Row(
        "a corrupt journal",
        "its good part is read; never a traceback",
        (
            "tests/unit/test_journal.py::test_any_prefix_is_a_shorter_run",
            "tests/unit/test_journal_spoilt.py::test_any_bytes_may_be_others",
            "tests/unit/test_journal_spoilt.py::test_any_value_may_be_another",
        ),
    ),
    23: Row(
        "two programs with one folder",
        "two runs",
        (
            "tests/faults/test_files.py::test_row_17_two_programs_at_once_share_a_folder_and_nothing_else",
            "tests/unit/test_store.py::test_a_run_has_a_private_folder_of_its_own",
        ),
    ),
    24: Row("SIGTERM", "saved, the terminal as before within 1 s, 143"),
    25: Row("SIGHUP, the terminal still there or gone", "saved, 129, the terminal as before where it is there"),
    26: Row("SIGINT twice, SIGTERM twenty times", "one good end"),
    27: Row("SIGQUIT, SIGABRT, a crash of the interpreter", "the terminal as before"),
    28: Row("SIGKILL", "the terminal as before, or told how to reset it"),
    29: Row("suspended and resumed", "the terminal as before meanwhile; the gap is marked and in no figure"),
    30: Row("the terminal goes without a signal, as under nohup", "ends within 2 s, busy with nothing"),
    31: Row("a terminal that takes nothing", "the load and the journal go on as before"),
    32: Row("a terminal behind a slow link", "frames are skipped, and quitting takes at most 1 s"),
    33: Row("a storm of resizes", "alive, and drawn for the last size"),
    34: Row("a terminal that is too small or huge", "the figures that matter; the load goes on"),
    35: Row(
        "no terminal, stdin none, TERM=dumb",
        "plain lines, or exit code 2 with a hint",
        ("tests/e2e/test_bad_input.py::test_a_screen_without_a_keyboard",),
    ),
    36: Row("an encoding that is not UTF-8", "drawn in UTF-8 or refused with a hint"),
    37: Row("NO_COLOR, 16 colours", "nothing is told by colour alone"),
    38: Row("tmux detached and attached", "drawn anew within 1 s, no gap in the record"),
    39: Row("an exception in one panel", "the panel says so; the others and the run go on"),
    40: Row("locust imported late", "resizes still work"),
    41: Row(
        "refused, no such name, TLS",
        "failed by kind, in no latency of what was answered",
        (
            "tests/engine/test_http_faults.py::test_nobody_listens",
            "tests/engine/test_http_faults.py::test_a_name_that_does_not_resolve",
            "tests/engine/test_http_faults.py::test_certificates_are_verified",
        ),
    ),
    42: Row(
        "reset, truncated, garbage",
        "failed, and the connection dropped",
        (
            "tests/engine/test_http_faults.py::test_each_fault_has_its_outcome",
            "tests/engine/test_http_reader.py::test_an_answer_cut_short_is_never_taken_for_whole",
        ),
    ),
    43: Row(
        "a target that hangs or drips",
        "ended by a deadline; its age is on the screen within 2 s",
        (
            "tests/engine/test_http_faults.py::test_a_hang_ends_at_the_limit",
            "tests/engine/test_http_faults.py::test_the_whole_operation_is_limited_however_it_drips",
            "tests/session/test_hang.py::test_in_flight_and_the_oldest_age_are_there_within_two_intervals",
        ),
    ),
    44: Row(
        "200 with an error in it, bad JSON, another shape",
        "failed",
        (
            "tests/engine/test_http_judging.py::test_a_lorax_answer_is_judged_by_what_is_in_it",
            "tests/engine/test_sockets.py::test_an_answer_of_another_shape_has_failed",
        ),
    ),
    45: Row(
        "a huge body, a gzip bomb, 5,000 headers",
        "cut; memory grows by less than 20 MB",
        (
            "tests/engine/test_http_faults.py::test_each_fault_has_its_outcome",
            "tests/engine/test_http_reader.py::test_too_much_is_refused_in_one_piece_or_many",
        ),
    ),
    46: Row(
        "a redirect loop, a redirect to another host",
        "failed; no other host is ever asked",
        ("tests/engine/test_http_faults.py::test_each_fault_has_its_outcome",),
    ),
    47: Row(
        "an untrusted certificate, mixed schemes",
        "verified; nothing in plain text for https",
        (
            "tests/engine/test_http_faults.py::test_certificates_are_verified",
            "tests/engine/test_http_faults.py::test_http_and_https_of_one_port_are_never_mixed",
            "tests/engine/test_sockets_wire.py::test_certificates_are_verified",
            "tests/unit/test_probe.py::test_tls_is_verified",
        ),
    ),
    48: Row(
        "the target restarts during a run",
        "recovers by itself, marked, and the totals add up",
        ("tests/contract/test_target_dies.py::test_a_target_that_ends_under_load_and_comes_back",),
    ),
    49: Row(
        "a storm of disconnects, connection-replaced",
        "reconnects are spread and counted",
        (
            "tests/engine/test_sockets.py::test_being_replaced_says_so",
            "tests/engine/test_users_deck.py::test_waits_grow_up_to_a_cap",
            "tests/contract/test_target_dies.py::test_a_target_that_ends_under_load_and_comes_back",
        ),
    ),
    50: Row(
        "an answer that never comes, comes twice, comes late",
        "one outcome for each ask",
        (
            "tests/engine/test_sockets.py::test_a_second_ack_changes_nothing",
            "tests/engine/test_sockets.py::test_are_not_credited_to_a_newer_ask",
            "tests/engine/test_sockets_wire.py::test_a_peer_that_never_acknowledges_is_not_remembered_for_ever",
        ),
    ),
    51: Row("a flood of event names", "capped, and the rest is other"),
    52: Row(
        "the wall clock jumps by an hour",
        "no rate and no chart moves",
        ("tests/engine/test_engine_lasting.py::test_a_step_of_the_wall_clock_moves_no_figure",),
    ),
    53: Row(
        "any shape of /memory_status",
        "by process; unknown, never 0",
        (
            "tests/unit/test_probe_status.py::test_any_json_gives_sound_figures_or_none",
            "tests/unit/test_memory.py::test_what_is_not_told_is_unknown_and_not_zero",
        ),
    ),
    54: Row(
        "coordinated omission",
        "percentiles from the intended start are within 10 % of the truth",
        ("tests/engine/test_pacing.py::test_a_frozen_target_is_in_the_percentiles_from_the_intended_start",),
    ),
    55: Row(
        "a flood of unique errors",
        "memory does not grow with it",
        ("tests/unit/test_bounded.py::test_unique_errors_cost_no_memory_and_every_one_is_counted",),
    ),
    56: Row(
        "the generator is at its own limit",
        "told, and nobody else blamed",
        (
            "tests/engine/test_generator_bound.py::test_cpu_burnt_by_other_processes_is_noticed",
            "tests/session/test_generator.py::test_cpu_burnt_by_a_user_of_ones_own_is_noticed_while_it_burns",
        ),
    ),
    57: Row("the wrong host", "on the list and confirmed, or not a byte is sent to it"),
    58: Row(
        "a target that melts",
        "the load ends within 10 s of it, and the journal says why",
        (
            "tests/e2e/test_guard.py::test_a_target_that_fails_everything_ends_the_run_within_15_seconds",
            "tests/session/test_guards.py::test_a_target_that_only_fails_ends_the_run",
        ),
    ),
    59: Row(
        "scenarios switched while all this happens",
        "whole, and no user left behind",
        (
            "tests/session/test_steering.py::test_commands_of_many_threads_are_taken_one_after_the_other",
            "tests/engine/test_engine.py::test_users_that_hang_do_not_hold_up_a_ramp_and_are_interrupted",
        ),
    ),
    60: Row("a hostile dependency or update", "locked, hashed, audited"),
}


@cache
def tests() -> dict[int, tuple[str, ...]]:
    """The tests of this folder, by the row that they are named after."""
    found: dict[int, list[str]] = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        for name in _functions(path):
            if named := match(r"test_row_(\d+)_", name):
                found.setdefault(int(named[1]), []).append(f"{path.relative_to(ROOT)}::{name}")
    return {number: tuple(names) for number, names in found.items()}


def exists(test: str) -> bool:
    """Whether there is a test of this name, which a row tells of."""
    path, _, name = test.partition("::")
    return (ROOT / path).is_file() and name in _functions(ROOT / path)


def of(number: int) -> tuple[str, ...]:
    """All tests of a row."""
    return (*tests().get(number, ()), *ROWS[number].elsewhere)


def automated() -> list[int]:
    """The rows that a test makes happen."""
    return [number for number in ROWS if of(number)]


@cache
def _functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


if __name__ == "__main__":
    for number, row in ROWS.items():
        print(f"{number:>2}  {row.fault}: {row.required}")
        for line in of(number) or (row.why_not or "no test yet",):
            print(f"      {line}")
    print(f"{len(automated())}/{len(ROWS)}")
