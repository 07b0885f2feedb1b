"""The promises of the whole, proved on its facts: each check is a small pure function over what was told and heard."""
