"""One member's period away, from marking to return: the heart."""
