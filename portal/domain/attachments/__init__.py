"""Files uploaded beside sheets: recognised by content, kept by digest, served to those who see the sheet."""
