# The Rasa server (Python 3.10) with its model. Build from the checkout: docker build -f deploy/rasa.Dockerfile -t wenzheng-rasa .
FROM python:3.10-slim-bookworm

ARG UV_VERSION=0.13.8
ENV PYTHONUTF8=1 PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1 RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 \
    TF_CPP_MIN_LOG_LEVEL=2 MPLCONFIGDIR=/tmp/matplotlib WENZHENG_SPACY=/srv/models/spacy

WORKDIR /srv/wenzheng
COPY requirements/rasa.txt requirements/encoders.txt requirements/
RUN pip install --no-cache-dir "uv==${UV_VERSION}" \
 && uv pip install --system --no-cache --requirement requirements/rasa.txt --requirement requirements/encoders.txt

COPY . .
RUN useradd --system --create-home --uid 10001 wenzheng \
 && install -d -o wenzheng -g wenzheng /srv/models

USER wenzheng
# Our sentence encoder is trained where torch is, in the app's image: this model has the vectors of the pretrained one alone.
RUN python -m nlu.spacy_pipeline /srv/models/spacy \
 && RASA_CACHE_DIRECTORY=/tmp/rasa python -m rasa train --config config.yml --domain domain.yml --data bot/dialogue \
      --out /srv/models --fixed-model-name wenzheng && rm -rf /tmp/rasa

HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5005/webhooks/gateway/', timeout=4)"]
CMD ["sh", "deploy/rasa-run.sh"]
