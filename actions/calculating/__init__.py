"""Sums that citizens do not want to do by themselves: what is needed is asked, the arithmetic is shown with its law."""
