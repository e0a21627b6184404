"""The dashboard: the only floor that knows a terminal. It pulls a frozen view, draws it and passes keys on."""
