"""Companies that a seed makes up, and people who do there whatever they may."""
