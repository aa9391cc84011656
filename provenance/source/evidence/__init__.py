"""A Checkout, attestations and what was seen before in, what they say about the source itself out."""
