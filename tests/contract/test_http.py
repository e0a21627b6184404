"""What a Lorax backend answers over HTTP, as this program relies on it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.backend import Backend
from tests.data_sets import CSV_FILE, PROJECT, TREES, TREES_FILE

pytestmark = pytest.mark.backend


@pytest.fixture
def http(backend: Backend) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=backend.url, trust_env=False, timeout=5) as client:
        yield client


def test_health(http: httpx.Client) -> None:
    answer = http.get("/health")
    assert answer.json() == {"ok": True, "redis": True}
    assert "set-cookie" not in answer.headers


def test_a_session_is_a_cookie(http: httpx.Client) -> None:
    first = http.post("/init-session").json()
    assert first.keys() == {"sid"}
    assert http.cookies["lorax_sid"] == first["sid"]
    assert http.post("/init-session").json() == first


def test_projects_list_files(http: httpx.Client) -> None:
    projects = http.get("/projects").json()["projects"]
    assert sorted(projects[PROJECT]["files"]) == sorted([CSV_FILE, TREES_FILE])
    assert projects[PROJECT]["folder"] == PROJECT
    assert "Uploads" in projects


def test_memory_is_that_of_the_worker(backend: Backend, http: httpx.Client) -> None:
    status = http.get("/memory_status").json()
    assert status["pid"] == backend.pid
    assert status["rss_MB"] > 50
    assert {"vms_MB", "file_cache_size", "csr_artifacts"} <= status.keys()


def test_errors_come_with_status_200(http: httpx.Client) -> None:
    answer = http.get("/nope")
    assert answer.status_code == 200
    assert "error" in answer.json()


def test_errors_that_have_a_status(http: httpx.Client) -> None:
    assert http.get("/a/b").status_code == 404
    assert http.head("/health").status_code == 405


def test_a_file_over_http(http: httpx.Client) -> None:
    answer = http.get(f"/{TREES_FILE}", params={"project": PROJECT}).json()
    assert answer["config"]["num_trees"] == TREES


def test_an_upload_sets_no_cookie(http: httpx.Client) -> None:
    answer = http.post("/upload", files={"file": ("small.csv", b"genomic_positions,newick\n", "text/csv")})
    assert answer.json().keys() == {"message", "sid", "owner_sid", "filename"}
    assert "set-cookie" not in answer.headers
