"""What developers run: generators, the scaffold of a rule, the benchmark."""
