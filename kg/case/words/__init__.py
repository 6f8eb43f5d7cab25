"""A question in words, such as `causes of raised ALP given myeloma and normal GGT`.

It is read with the names of the graph's terms and the words of `ontology/language.ttl`, without a
model and without a guess, and told as the options that it stands for.

- `reading`: the whole of it: a question as options, or asked back with every reading
- `model`: what it was read as, and how that is typed
- `tokens`: the text as words, numbers, days and signs
- `roles`: what words do, and marks: tokens that are one thing
- `vocabulary`: the names and phrases that a question is compared with
- `sheet`: the marks of one question, with what each step finds out about them
- `days`: days that are named, or reckoned from today
- `scope`: denied, suspected, of the family, past or planned: how each thing is said
- `behind`: what is said behind things
- `values`: a value with its unit, range and flag, or as a multiple of the upper limit
- `series`: several results of one measurement, and which of them holds now
- `results`: which word for a result belongs to which measurement
- `then`: which of two results is the one now
- `asked`: what is asked about, and causes that are only proposed
- `kept`: the name of a term with the words that narrow it
- `facts`: conditions and drugs as options
- `labs`: results as options
- `person`: age and sex, and whether there are two patients
- `left`: the words that were not used
"""

from __future__ import annotations

from kg.case.words.model import Reading
from kg.case.words.reading import read_question

__all__ = ["Reading", "read_question"]
