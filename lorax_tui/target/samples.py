"""Writes a small data folder for a backend in development mode: projects, and below them files.

    python samples.py FOLDER

A program of its own, for it needs the backend's libraries, which the rest of this package does without; so it
imports nothing of it. The same folder comes out every time.
"""

import random
import sys
from pathlib import Path

import tskit

PROJECT = "demo"

_SPAN = 100_000
_ADULTS = 50
"""Chromosomes alive at a time, half of them on each island."""
_GENERATIONS = 600
"""More than ten times as many as chromosomes: long enough for all of today's to have one ancestor everywhere."""
_CROSSINGS = 0.4
"""Share of births in which two chromosomes of a parent cross over."""
_MIGRATION = 0.05
_MUTATIONS = 400


def write_history(path: Path, adults: int, generations: int, mutations: int, seed: int) -> None:
    """Breed chromosomes on two islands, and write the trees that relate those who are left."""
    chance = random.Random(seed)
    tables = tskit.TableCollection(sequence_length=_SPAN)
    tables.time_units = "generations"
    tables.nodes.metadata_schema = tables.populations.metadata_schema = tskit.MetadataSchema({"codec": "json"})
    islands = [tables.populations.add_row(metadata={"name": name}) for name in ("north", "south")]
    alive = _generation(tables, islands, adults, generations)
    for time in range(generations - 1, -1, -1):
        young = _generation(tables, islands, adults, time)
        for home, children in enumerate(young):
            for child in children:
                _inherit(tables, chance, alive[home if chance.random() > _MIGRATION else 1 - home], child)
        alive = young
    tables.sort()
    tables.simplify()
    _mutate(tables, chance, mutations)
    tables.tree_sequence().dump(path)


def _generation(tables: tskit.TableCollection, islands: list[int], adults: int, time: int) -> list[list[int]]:
    """Chromosomes born so long before today, by island; today's are the samples, and have names."""
    add = tables.nodes.add_row
    flags = 0 if time else tskit.NODE_IS_SAMPLE
    return [
        [
            add(flags=flags, time=time, population=island, metadata={} if time else {"name": f"{'ns'[island]}{number}"})
            for number in range(adults // len(islands))
        ]
        for island in islands
    ]


def _inherit(tables: tskit.TableCollection, chance: random.Random, parents: list[int], child: int) -> None:
    """Give a child its chromosome: one parent's, or the left part of one and the right part of another."""
    add = tables.edges.add_row
    if chance.random() > _CROSSINGS:
        add(0, _SPAN, chance.choice(parents), child)
        return
    at = chance.randrange(1, _SPAN)
    left, right = chance.sample(parents, 2)
    add(0, at, left, child)
    add(at, _SPAN, right, child)


def _mutate(tables: tskit.TableCollection, chance: random.Random, mutations: int) -> None:
    """Spread mutations evenly over all that was inherited, each at a site of its own."""
    time = tables.nodes.time
    edges = list(tables.edges)
    weights = [(edge.right - edge.left) * (time[edge.parent] - time[edge.child]) for edge in edges]
    taken: dict[int, int] = {}
    for edge in chance.choices(edges, weights, k=mutations):
        taken.setdefault(chance.randrange(int(edge.left), int(edge.right)), edge.child)
    for position, node in sorted(taken.items()):
        ancestral, derived = chance.sample("ACGT", 2)
        site = tables.sites.add_row(position=position, ancestral_state=ancestral)
        tables.mutations.add_row(site=site, node=node, derived_state=derived)
    tables.build_index()
    tables.compute_mutation_parents()


def write_table(path: Path) -> None:
    """Three trees of four tips, as rows of a table."""
    newicks = ("((a:1,b:1):1,(c:1,d:1):1);", "(((a:1,c:1):1,b:2):1,d:3);", "((b:1,c:1):1,(a:1,d:1):1);")
    rows = [f'{number * 1000},"{newick}"' for number, newick in enumerate(newicks)]
    path.write_text("\n".join(["genomic_positions,newick", *rows, ""]))


def write_all(folder: Path) -> None:
    """Fill a data folder that is empty or not there."""
    project = folder / PROJECT
    project.mkdir(parents=True)
    write_history(project / "islands.trees", _ADULTS, _GENERATIONS, _MUTATIONS, seed=1)
    write_history(project / "small.trees", _ADULTS // 5, _GENERATIONS, _MUTATIONS // 20, seed=2)
    write_table(project / "table.csv")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
