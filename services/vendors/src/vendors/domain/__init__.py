"""The rules of supply: terms, sourcing, quotations, purchase orders, receipts and scores; pure values and decisions."""
