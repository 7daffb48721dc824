"""Views of people who were found, one file for each way of finding."""
