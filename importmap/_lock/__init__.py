"""The file that stands in the place of discovery: its format, reading, writing, differences."""
