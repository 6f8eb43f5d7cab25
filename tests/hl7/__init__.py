"""HL7's own validation of CDS Hooks: its validator, its models, its test cases."""
