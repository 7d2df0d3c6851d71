"""One module a data set: how it is read, what is asked of it, and what simple methods answer."""
