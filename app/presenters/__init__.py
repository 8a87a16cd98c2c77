"""What widgets show, folded from facts, without any Qt."""
