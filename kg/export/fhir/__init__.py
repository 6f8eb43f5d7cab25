"""Statements as resources of FHIR R5: Evidence, the Citations they come from, and how they stand.

values      codes, references and texts as FHIR has them
figures     the figures of a statement as statistics with Quantity or Range
evidence    a statement as Evidence
citations   a document, and a work that it lists, as Citation
assessment  how a statement stands, as ArtifactAssessment
bundle      all of them as one Bundle
"""
