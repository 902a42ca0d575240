"""What can be asked of rallies, one file for each subject."""
