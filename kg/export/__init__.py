"""The graph as files for the tools of others: one registry of formats, each with its writer.

formats             every format by name, the function that writes it, and an export in a folder
source              what every writer is given: one version of the graph, in the forms it is needed
datasets            all graphs: N-Quads, TriG, JSON-LD, RDF 1.2; the files as people wrote them
context             the JSON-LD context of all properties, and the frame of a statement
ontology            the ontology as one: merged, base, release and simple, in RDF/XML
obo_words           definitions, synonyms and codes in the words of OBO
hierarchy           the direct superclasses that follow, also from limits on numbers
functional_syntax   the ontology in OWL's functional syntax, and `check-proof.mjs`, which reads it
terms               the ontology as terms, read once for the next two
obo                 OBO format
obographs           obographs JSON
sssom               the mappings, as SSSOM
statements          the statements as one table
tables              how statements are said in the words of others: tables of `ontology/exports`
biolink             statements as edges of Biolink, and what of them Biolink cannot say
fhir                statements as Evidence, Citation and ArtifactAssessment of FHIR
nanopubs            each statement as a nanopublication, and whether one is what it says
sbom                the installed software, with the jars in it, as CycloneDX
crate               the files of an export as an RO-Crate, and the SHA-256 of each

A writer takes a `Source` and gives the content of each file by its name; it opens no file, knows
no clock and no folder, so the same graph gives the same bytes everywhere.
"""
