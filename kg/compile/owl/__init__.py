"""OWL at build time: axioms read, HermiT asked, rules for cases compiled from its answer."""
