"""What runs amount to over time: counts, durations and levels, folded from their events."""
