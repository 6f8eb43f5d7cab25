"""CDS Hooks 2.0: what an electronic record asks while a chart is open or an order is written.

- `request`: a request, read and checked; whatever else stands in it is dropped unread
- `services`: the services that are offered, made of the graph and its mapping tables
- `evidence`: the record that a request brings along, and what of it is missing
- `chart`: the card for an open chart
- `orders`: the cards for ordered drugs; a drug that is not read is told, never passed over
- `cards`: cards, and texts in which nothing is markup
- `trust`: whose requests are answered, where keys of clients are given
- `jobs`: all of it for processes that can open nothing
"""
