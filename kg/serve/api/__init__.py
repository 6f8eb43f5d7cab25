"""The interface for programs that know no SPARQL.

- `catalogue`: the shipped queries, each at an address with typed parameters
- `cases`: answers to cases, and to claims of others, that are sent
- `many`: answers to many cases, a line each
- `case_worker`: what the processes do that answer cases
- `tool_worker`: what the processes do that check claims, call tools and make cards
- `refusals`: what they refuse, such as a parameter of the address, in words that repeat nothing
- `ask_page`: the page on which a case is asked
- `page_worker`: what the same processes do for that page
- `places`: where a case that was sent cannot be read, and what can stand there
- `openapi`: the description of all of it
- `openapi_short`: the same with one path for all queries
"""
