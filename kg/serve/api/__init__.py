"""The interface for programs that know no SPARQL.

- `catalogue`: the shipped queries, each at an address with typed parameters
- `cases`: answers to cases that are sent
- `many`: answers to many cases, a line each
- `case_worker`: what the processes do that answer cases
- `checks`: claims of others that are sent to be checked
- `tool_worker`: what the processes do that check them, call tools and make cards
- `refusals`: what they refuse, in words that repeat nothing
- `ask_page`: the page on which a case is asked
- `page_worker`: what the same processes do for that page
- `places`: where a case that was sent cannot be read, and what is wanted
- `parameters`: the same of what the address says
- `samples`: what was found at such a place, and what can stand there
- `openapi`: the description of all of it
- `openapi_short`: the same with one path for all queries
"""
