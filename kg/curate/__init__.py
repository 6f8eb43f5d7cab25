"""A curator's desk: articles to statements, checks against the texts, and what a change moves."""
