"""The Protégé desktop, put together from its parts for the tests, and driven as by hand."""
