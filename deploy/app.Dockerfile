# The assistant and the worker (Python 3.11). Build from the checkout: docker build -f deploy/app.Dockerfile -t wenzheng-app .
FROM python:3.11-slim-bookworm

ARG UV_VERSION=0.13.8
ARG DATABASE_DRIVERS="psycopg[binary]==3.3.9 pymysql==1.2.4"
ENV PYTHONUTF8=1 PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false

WORKDIR /srv/wenzheng
COPY requirements/app.txt requirements/encoders.txt requirements/
RUN pip install --no-cache-dir "uv==${UV_VERSION}" \
 && UV_TORCH_BACKEND=cpu uv pip install --system --no-cache --requirement requirements/app.txt --requirement requirements/encoders.txt ${DATABASE_DRIVERS}

COPY . .
RUN uv pip install --system --no-cache --no-deps --editable . \
 && useradd --system --create-home --uid 10001 wenzheng \
 && install -d -o wenzheng -g wenzheng /data /srv/models

USER wenzheng
ENV WENZHENG_DATA_DIR=/data WENZHENG_MODEL_DIR=/srv/models
# The sentence encoder for the content in this image. Rasa is trained in its own image.
RUN WENZHENG_DATA_DIR=/tmp/build WENZHENG_RASA_URL=elsewhere wenzheng train && rm -rf /tmp/build

VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["python", "-m", "bot.app"]
