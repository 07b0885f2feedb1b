"""The rules of materials: pure, without clock, chance or database."""
