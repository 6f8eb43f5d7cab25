"""Markers and drugs: one record each in `ontology/tables/`, and the Turtle that is made of them.

records      the shape of the two tables
ucum         which texts are units by UCUM
checks       what is wrong with a record of a marker, and where it stands
states       raised, normal, low and their kin: how a class of results is bounded and called
markers      the Turtle of the markers: measurements, results, findings, cases, what shuts out what
drugs        the drugs: substances by class, treatments with them, and what is wrong with one
"""
