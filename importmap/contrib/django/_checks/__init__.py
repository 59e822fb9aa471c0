"""The system checks that need more than a sentence: files and policies."""
