"""What is lost and what is doubled when processes, the broker or the database are killed, stopped or away: nothing."""
