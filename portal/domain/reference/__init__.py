"""Facts that no region owns: communes, départements, public and school holidays."""
