"""Small tools without a domain word: tasks, clock, ids, back-off."""
