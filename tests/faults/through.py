"""Every way through a door: one for each function that calls `safe()`."""

from tests.faults import through_files, through_network, through_screens
from tests.faults.ways import WAYS

__all__ = ["WAYS", "through_files", "through_network", "through_screens"]
