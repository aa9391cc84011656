"""What the version-files rule is made of: facts, the generators' templates, stated places, a grammar, stamps."""
