"""The region's word: what a tenant folder says, read, checked, versioned."""
