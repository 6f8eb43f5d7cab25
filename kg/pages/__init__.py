"""What browsers are shown: values of the graph as pages, without a word of HTTP.

- `values`: a page of a resource as a value, with its pictures
- `notebook`: what a notebook shows of an answer or a proof
- `results`: the page of a query, and what it gave
- `cohort`: the summary of a cohort, on one page that needs nothing beside it
- `verdicts`: how a verdict looks
- `pictures`: what draws pictures
- `ask`: the page on which a case is asked, with its form and its answer
- `cells`: terms of RDF as a page shows them
- `docs`: the documentation, from its Markdown
- `html`: the templates, the style sheet and scripts, and what a page may load
- `templates/`, `static/`: what is filled, and what is sent as it is
"""
