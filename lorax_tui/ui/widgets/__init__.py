"""The panels of the dashboard. Each draws itself from one frozen view and knows no other panel."""
