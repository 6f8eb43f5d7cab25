"""Markers and drugs: one record each in `ontology/tables/`, and the Turtle that is made of them.

records      the shape of the two tables
ucum         which texts are units by UCUM
checks       what is wrong with a record of a marker, and where it stands
drug_checks  the same of a drug
states       raised, normal, low and their kin: how a class of results is bounded and called
blocks       headings, classes, individuals and axioms, as both tables make them
markers      the Turtle of the markers: measurements, results, findings, cases, what shuts out what
drugs        the Turtle of the drugs: substances by class, and treatments with them
"""
