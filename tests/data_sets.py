"""Small real data sets, made on the spot: a tree sequence of twenty trees and a table of three."""

from __future__ import annotations

from pathlib import Path

import tskit

TREES = 20
SAMPLES = 8
SPAN = 1000.0
PROJECT = "hand"
TREES_FILE = "hand20.trees"
CSV_FILE = "three.csv"


def write_trees(path: Path) -> None:
    """Twenty trees shaped like combs, their tips turned by one from tree to tree, with one mutation each."""
    tables = tskit.TableCollection(sequence_length=TREES * SPAN)
    tables.time_units = "generations"
    json_schema = tskit.MetadataSchema({"codec": "json"})
    tables.nodes.metadata_schema = tables.populations.metadata_schema = json_schema
    population = tables.populations.add_row(metadata={"name": "here"})
    tips = [
        tables.nodes.add_row(flags=tskit.NODE_IS_SAMPLE, time=0, population=population, metadata={"name": f"s{tip}"})
        for tip in range(SAMPLES)
    ]
    inner = [tables.nodes.add_row(time=100.0 * (level + 1), metadata={}) for level in range(SAMPLES - 1)]
    for tree in range(TREES):
        left, right = tree * SPAN, (tree + 1) * SPAN
        turned = tips[tree % SAMPLES :] + tips[: tree % SAMPLES]
        below = turned[0]
        for parent, tip in zip(inner, turned[1:], strict=True):
            tables.edges.add_row(left, right, parent, below)
            tables.edges.add_row(left, right, parent, tip)
            below = parent
        site = tables.sites.add_row(position=left + SPAN / 2, ancestral_state="A")
        tables.mutations.add_row(site=site, node=turned[0], derived_state="T")
    tables.sort()
    tables.edges.squash()
    tables.sort()
    tables.tree_sequence().dump(path)


def write_csv(path: Path) -> None:
    """Three trees of three tips, as rows of a table."""
    rows = ["genomic_positions,newick"]
    for tree, newick in enumerate(("((a:1,b:1):1,c:2);", "((a:1,c:1):1,b:2);", "((b:1,c:1):1,a:2);")):
        rows.append(f'{tree * 100},"{newick}"')
    path.write_text("\n".join(rows) + "\n")


def write_project(data_dir: Path) -> None:
    """The data folder of a backend in development mode: projects, and below them files."""
    project = data_dir / PROJECT
    project.mkdir(parents=True)
    write_trees(project / TREES_FILE)
    write_csv(project / CSV_FILE)
