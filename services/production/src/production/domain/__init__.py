"""The rules of production: recipes, schedules, runs, lots and what they cost; no database, no clock."""
