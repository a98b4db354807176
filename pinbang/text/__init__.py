"""Pure functions on text: normalising, tokenising, links, personal data, deadlines."""
