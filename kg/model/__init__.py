"""The values that everything else speaks of: terms, statements, RDF, vocabulary, errors."""
