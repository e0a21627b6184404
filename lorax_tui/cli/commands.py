"""The commands, as people type them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lorax_tui import __version__, config
from lorax_tui.cli.compare import compare
from lorax_tui.cli.crew import worker
from lorax_tui.cli.options import CommonOptions, RunOptions, common, running, split
from lorax_tui.cli.replay import replay
from lorax_tui.cli.report import report
from lorax_tui.cli.runs import runs
from lorax_tui.cli.saying import say
from lorax_tui.cli.terminal import wants_screen
from lorax_tui.model import format as words

if TYPE_CHECKING:
    from lorax_tui.cli.launch import Launch

DEMO_SCENARIO = "smoke"
CAPACITY_SCENARIO = "stress"


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lorax-tui")
@common
@click.pass_context
def lorax_tui(ctx: click.Context, /, **options: Any) -> int | None:
    """Watch and steer a load test of a Lorax backend; without a command: the dashboard, idle."""
    if ctx.invoked_subcommand is not None:
        given = [name for name, value in options.items() if value not in (None, ())]
        if given:
            raise click.UsageError(f"put --{given[0].replace('_', '-')} after {ctx.invoked_subcommand!r}")
        return None
    _, common_options = split(options)
    run_options = RunOptions()
    if not wants_screen(run_options):
        raise click.UsageError("no terminal here: name a scenario to run it, as in `lorax-tui run smoke --headless`")
    return _launch(common_options).idle()


@lorax_tui.command()
@running
def run(**options: Any) -> int:
    """Run scenarios, one after the other, and show what happens.

    Without a name: a plain mix of users; say how many (--users), how fast (--spawn-rate) and for how long (--duration).
    """
    run_options, common_options = split(options)
    return _launch(common_options, run_options).run(run_options)


@lorax_tui.command()
@running
def demo(**options: Any) -> int:
    """Start a real Lorax backend with sample data on a free port of this machine, and run against it."""
    run_options, common_options = split(options)
    if common_options.host is not None:
        raise click.UsageError("demo starts a backend of its own: leave --host out, or use `run`")
    return _launch(common_options, run_options).demo(run_options, DEMO_SCENARIO)


@lorax_tui.command()
@running
@click.option("--demo", is_flag=True, help="Against a real Lorax backend that is started for it.")
def capacity(demo: bool, **options: Any) -> int:
    """Find out how many users the target holds within its limits: headless, and `stress` unless another is named.

    Any scenario without stages can be named: its users are the most that are tried, its duration the time there is.
    Exit code 0: it is known what holds; 4: not even one user; 7: it could not be decided.
    """
    run_options, common_options = split(options)
    if demo and common_options.host is not None:
        raise click.UsageError("--demo starts a backend of its own: leave --host out")
    return _launch(common_options, run_options).capacity(run_options, CAPACITY_SCENARIO, demo)


@lorax_tui.command()
@common
def check(**options: Any) -> int:
    """See whether the target is usable, what can be measured there, and what to do about what cannot."""
    _, common_options = split(options)
    return _launch(common_options).check()


@lorax_tui.command()
@click.option("--config", "path", type=click.Path(path_type=Path), metavar="FILE", help="The scenarios.toml to use.")
def scenarios(path: Path | None) -> None:
    """List the scenarios and where they come from."""
    loaded = config.load(path)
    say(f"{'name':<12} {'users':>6} {'/s':>6} {'duration':>9}  mix")
    for scenario in loaded.scenarios:
        load = f"{scenario.users:>6} {scenario.spawn_rate:>6g} {words.duration(scenario.duration_s):>9}"
        mix = ", ".join(f"{name} {weight:g}" for name, weight in scenario.mix.items())
        pace = "" if scenario.requests_per_second is None else f"; {scenario.requests_per_second:g} requests/s"
        search = "" if scenario.search is None else f"; a search from {scenario.search.start} users"
        say(f"{scenario.name:<12} {load}  {mix}{pace}{search}")
    say(f"from {loaded.path}", err=True)


lorax_tui.add_command(compare)
lorax_tui.add_command(report)
lorax_tui.add_command(replay)
lorax_tui.add_command(runs)
lorax_tui.add_command(worker)


def _launch(options: CommonOptions, run_options: RunOptions | None = None) -> Launch:
    # Late, so that commands without a target, and --help, do not load the engine: that takes half a second.
    from lorax_tui.cli.launch import Launch

    return Launch(options, run_options)
