"""CDS Hooks 2.0: what an electronic record asks while a chart is open or an order is written.

- `request`: a request, read and checked; whatever else stands in it is dropped unread
- `services`: the services that are offered, made of the graph and its mapping tables
- `evidence`: the record that a request brings along, and what of it is missing
- `orders`: the cards for an open chart and for ordered drugs, of which none is passed over
- `turns`: the measurements that cautions about ordered drugs turn on
- `cards`: cards, and texts in which nothing is markup
- `trust`: whose requests are answered, where keys of clients are given
- `jobs`: all of it for processes that can open nothing
- `names`: what these jobs are called
"""
