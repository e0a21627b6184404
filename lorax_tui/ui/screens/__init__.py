"""What lies over the dashboard for a moment: the question before quitting, and the help."""
