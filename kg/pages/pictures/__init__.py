"""Pictures for people who would rather look: values in, SVG out, and the same bytes each time.

Each function takes what is to be shown and a prefix for the ids of the picture, and gives a
`Figure`; `{{ figure(picture) }}` of `figure.html` puts it into a page. A figure says in words what
it shows, holds no style, and can be read in print, in the dark and at 360 pixels.

- `patient`: the scale and the course of a case, to be drawn by `scale` and `course`
- `scale`: a measurement with its range, the lines of documents, and the patient's value
- `course`: results by day, drugs, and what documents say of a change
- `answer_graph`, `proof_graph`, `neighbourhood`: an answer, a proof, a term, drawn by `graph`
- `coverage`: what became of the lines of an article
- `graph`, `layered`: a graph in columns, and where its nodes and the labels of an axis stand
- `canvas`, `text`: shapes, words and links, and the room that words take
"""
