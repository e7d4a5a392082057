"""Components of Rasa's pipeline that are ours: named in ``config.yml``, run inside Rasa's environment only."""

from nlu import spacy_pipeline

# Rasa imports our components before it lets spaCy load our pipeline, and spaCy must know its tokenizer by then.
spacy_pipeline.register()
