"""How many members each caretaker of an organisation has, and who stands in for whom."""
