"""A question in words, such as `causes of raised ALP given myeloma and normal GGT`.

It is read with the names of the graph's terms and the words of `ontology/language.ttl`, without a
model and without a guess, and told as the options that it stands for.

- `reading`: the whole of it: a question as options, as they are typed, or asked back
- `tokens`: the text as words, numbers, days and signs
- `roles`: what words do, and marks: tokens that are one thing
- `vocabulary`: the names and phrases that a question is compared with
- `sheet`: the marks of one question, with what each step finds out about them
- `days`: days that are named, or reckoned from today
- `scope`: denied, suspected, of the family, past or planned: how each thing is said
- `behind`: what is said behind things
- `values`: a value with its unit, range and flag, or as a multiple of the upper limit
- `series`: several results of one measurement, and which of two or more holds now
- `results`: which word for a result belongs to which measurement
- `asked`: what is asked about, and causes that are only proposed
- `facts`: conditions and drugs as options, with the words that narrow a name
- `labs`: results as options
- `person`: age and sex, and whether there are two patients
- `left`: the words that were not used
"""

from __future__ import annotations

from kg.case.words.reading import Reading, read_question

__all__ = ["Reading", "read_question"]
