"""Statements as resources of FHIR R5: Evidence, the Citations they come from, and how they stand.

values      codes, references and texts as FHIR has them
evidence    a statement as Evidence, its figures as statistics with Quantity or Range
bundle      with how it stands, and documents and works as Citation, in one Bundle
"""
