"""HTTP itself: what holds for every request, whatever it asks for.

- `middleware`: around all routes: host check, headers, access log and counts, unhandled errors
- `responses`: a reply and a problem as values, how they go out, and the replies that are kept
- `parts`: parts of a file, for who was cut off
- `negotiation`: which media type an Accept header asks for, and which forms a result has
- `limits`: what a request may hold, and what a client may use
- `accounts`: what clients have used of late, and work on their account
- `owners`: which connection a request came on, where one client alone is at its end
- `plain`: the short way of plain requests, without a task
- `connections`: deadlines for slow clients, and a bound on connections
"""
