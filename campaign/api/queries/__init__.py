"""Documents of the API: plain dictionaries, made of what the pages read. They never write."""
