# Rasa's environment has no pytest: `make unit-rasa` runs these tests there with unittest.
collect_ignore_glob = ["test_*.py"]
