"""Pages of letters for those who write them."""
