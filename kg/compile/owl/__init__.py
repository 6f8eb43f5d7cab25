"""OWL at build time: axioms are read, compiled into rules, classified by them, and justified.

axioms          axioms as values, with their evidence and their text
reading         reads them from a graph; what the rules cannot carry is refused
fragment        names for all expressions that rules look up, and the check of the axioms
functional      axioms in OWL's functional syntax, for HermiT
hermit          what HermiT says: the hierarchy, and whether axioms can hold at all
oracle          HermiT asked whether it comes to the same conclusions as our rules
java            runs Java in a process group that ends with its parent
hierarchy       a classification as a value
classification  places every class by what follows for its members
rules           compiles axioms: closed rules for cases, rules of one step for proofs
justifications  every justification of a conclusion; why axioms clash
"""
