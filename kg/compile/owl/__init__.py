"""OWL at build time: axioms are read, classified by HermiT, compiled into rules, and justified.

axioms          axioms as values, with their evidence and their text
reading         reads them from a graph; what the rules cannot carry is refused
fragment        names for all expressions that rules look up, and the check of the axioms
functional      axioms in OWL's functional syntax, for HermiT
hermit          what HermiT says: the hierarchy, and whether axioms can hold at all
java            runs Java in a process group that ends with its parent
memo            keeps what HermiT said of a text
hierarchy       a classification as a value
rules           compiles axioms: closed rules for cases, rules of one step for proofs
justifications  every justification of a conclusion, confirmed by HermiT; why axioms clash
"""
