"""The language of mailings: Markdown with merge fields and blocks, and no logic; whatever is more is refused."""
