"""What a company may have beside its machines: which of these it has, chance decides."""
