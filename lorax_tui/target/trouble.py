"""Why a target is not usable, or not wholly: one line each that names the URL and what to do."""

from __future__ import annotations

from urllib.parse import urlsplit

from lorax_tui.errors import TargetError
from lorax_tui.model.text import safe
from lorax_tui.target.ask import Answer, Unanswered

HANGS = "the backend hangs or is overloaded, or a firewall drops what is sent to it"
SEE_TO_REDIS = "see to the Redis that REDIS_CLUSTER names, then to the backend's log"
NO_DATA = "load_file is not measured: put a .trees, .tsz or .csv file into a project's folder below LORAX_DATA_DIR"
NO_MEMORY = "the target's memory is not shown"
SLOW_PROJECTS = "it lists its data slowly: a bucket that cannot be reached makes it wait"
BROKEN_PROJECTS = "its log tells why; a data file directly in LORAX_DATA_DIR, outside of any project, does this"

_DEFAULT_PORTS = {"http": 80, "https": 443}


def unanswered(base_url: str, error: Unanswered) -> TargetError:
    """Nobody answers at all."""
    parts = urlsplit(base_url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 80)
    if error.kind == "refused":
        return TargetError(
            f"nothing answers at {base_url} ({error}): start the backend with `lorax-backend serve --port {port}`, "
            "or name another with --host"
        )
    if error.kind == "dns":
        return TargetError(f"{base_url}: the name {parts.hostname} cannot be resolved ({error}): check --host")
    if error.kind == "tls":
        return TargetError(
            f"no trusted connection to {base_url} ({error}): check the name and the scheme, "
            "or name the certificates to trust as ca_file under [target]"
        )
    if error.kind == "timeout":
        return TargetError(f"{base_url} gives {error}: {HANGS}")
    return TargetError(
        f"no Lorax answer from {base_url} ({error}): check the port and the scheme, and look into the backend's log"
    )


def bad_status(base_url: str, what: str, answer: Answer) -> TargetError:
    """Something answers, with a refusal."""
    status = answer.status
    if status in (502, 503, 504):
        return TargetError(
            f"a proxy answers at {base_url}, but not the backend behind it ({what}: {said(answer)}): start the backend"
        )
    if status >= 500:
        return TargetError(
            f"the backend at {base_url} fails ({what}: {said(answer)}), as it does when its Redis is down: "
            f"{SEE_TO_REDIS}"
        )
    if 300 <= status < 400:
        where = safe(answer.headers.get("location", "somewhere else"), 100)
        return TargetError(f"{base_url} points elsewhere ({what}: HTTP {status}, to {where}): name that with --host")
    if status in (401, 403):
        return TargetError(
            f"{base_url} wants to know who asks ({what}: {said(answer)}): use an address behind the proxy"
        )
    return not_lorax(base_url, what, answer)


def not_lorax(base_url: str, what: str, answer: Answer) -> TargetError:
    """Something answers, and it is no Lorax backend, or not at this path."""
    path = urlsplit(base_url).path
    if path:
        advice = f"check the path {path}, and the port"
    else:
        advice = f"behind a proxy it is often below /api: try --host {base_url}/api; or check the port"
    if answer.status == 200 and answer.is_page:
        return TargetError(f"a web page answers at {base_url}, not a Lorax backend ({what}): {advice}")
    return TargetError(f"no Lorax backend at {base_url} ({what}: {said(answer)}): {advice}")


def said(answer: Answer) -> str:
    """What was answered, in a few words."""
    return f"HTTP {answer.status}{', a web page' if answer.is_page else f': {answer.glimpse()}'}"
