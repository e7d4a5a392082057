"""The vocabulary that staff own: synonyms, local names and typos that search knows beside the built-in lexicon."""
