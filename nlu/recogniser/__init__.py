"""Names of persons and houses in what people write: a conditional random field over characters.

>>> from nlu.recogniser import corpus
>>> len({row.pen for row in corpus.read(corpus.files())}) >= 20
True
"""

from nlu.recogniser.recogniser import Recogniser

__all__ = ["Recogniser"]
