"""Reports of a recorded run: each a pure function from its records to text, all of them with the summary's figures."""
