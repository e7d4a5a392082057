"""Back-up and restore of all that cannot be made anew: the database, and what the city's own data have taught."""
