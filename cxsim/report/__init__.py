"""Results for people: the terminal table, the page, its pictures, the summary file."""
