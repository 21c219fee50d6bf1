"""Measures of speed: each beside a bare reference, interleaved, on the machine at hand. They print ratios alone."""
