"""The pure floor: what a run is. No I/O, no clock, no library but msgspec for the shape of records."""
