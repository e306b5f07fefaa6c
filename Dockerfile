# Two targets: `serve` prices over HTTP; `train` is the whole program. Written for both of Docker's builders.
#   docker build --target serve -t car-price-prediction .
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# Compiles what has no wheel for this platform. Debian keeps no older versions that could be pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY deploy/slim-environment.sh ./
# Wheels of the lock, by hash, and an environment made of nothing else: a runtime takes that alone, without the wheels.
# LightGBM's library needs libgomp. Byte code is of what serving imports; the import shows that all libraries still load.
COPY requirements/serve.lock ./
RUN pip wheel -q --no-deps --require-hashes -r serve.lock -w /wheels/serve \
    && python -m venv --without-pip /opt/car-price \
    && pip --python /opt/car-price/bin/python install -q --no-cache-dir --no-compile --no-deps --no-index \
        /wheels/serve/*.whl \
    && cp -L /usr/lib/*/libgomp.so.1 /opt/car-price/lib/ \
    && ./slim-environment.sh /opt/car-price --serve \
    && /opt/car-price/bin/python -c 'import backports.zstd, click, flask, granian.server, http.client, jinja2, numpy, \
orjson, polars, prometheus_client.multiprocess, psycopg, pydantic, rich.columns, rich.console, rich.progress, rich.table, \
sqlalchemy.dialects.postgresql, sqlalchemy.dialects.sqlite'

FROM builder AS program
COPY requirements/build.lock ./
RUN pip wheel -q --no-deps --require-hashes -r build.lock -w /wheels/build \
    && python -m venv --without-pip /opt/build \
    && pip --python /opt/build/bin/python install -q --no-cache-dir --no-deps --no-index /wheels/build/*.whl
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY src src
RUN /opt/build/bin/python -m hatchling build -t wheel -d /wheels/program \
    && pip --python /opt/car-price/bin/python install -q --no-cache-dir --no-compile --no-deps --no-index \
        --target /opt/program /wheels/program/*.whl \
    && python -m compileall -q -j 0 /opt/program

# The system and Python without what neither serves nor trains: pip and setuptools, an editor, documentation. A layer keeps
# what a later one deletes, so that the runtime begins with nothing and copies what is left.
FROM ${PYTHON_IMAGE} AS system
RUN rm -rf /usr/local/lib/python3.*/site-packages/* /usr/lib/python3/dist-packages/* /usr/share/python-wheels \
        /usr/local/lib/python3.*/ensurepip /usr/local/lib/python3.*/idlelib /usr/local/lib/python3.*/lib2to3 \
        /usr/local/lib/python3.*/pydoc_data /usr/local/lib/python3.*/tkinter /usr/local/lib/python3.*/turtle* \
        /usr/local/lib/python3.*/config-* /usr/local/include /usr/local/bin/pip* /usr/local/bin/wheel \
        /usr/local/bin/idle* /usr/local/bin/2to3* /usr/local/bin/pydoc* \
        /usr/share/doc /usr/share/man /usr/share/info /usr/share/locale /var/cache/*

FROM scratch AS runtime
# hadolint ignore=DL3067
COPY --from=system / /
RUN groupadd --gid 10001 car-price \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin car-price \
    && chmod 1777 /tmp \
    && install -d -o 10001 -g 10001 /app/artifacts /app/logs
ENV PATH=/opt/program/bin:/opt/car-price/bin:/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    PYTHONPATH=/opt/program PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    LD_LIBRARY_PATH=/opt/car-price/lib HOME=/tmp CAR_PRICE_HOST=0.0.0.0
WORKDIR /app
USER 10001:10001
# What a container writes to a shared folder, the folder's group may change and delete.
ENTRYPOINT ["/bin/sh", "-c", "umask 002 && exec car-price \"$@\"", "car-price"]

FROM runtime AS serve
COPY --from=builder /opt/car-price /opt/car-price
COPY --from=program /opt/program /opt/program
COPY deploy/prepare-folders.sh /usr/local/bin/prepare-folders
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s --start-period=300s --retries=3 CMD ["car-price", "health"]
CMD ["supervise"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="car-price-prediction" \
    org.opencontainers.image.description="Values used cars over HTTP" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"

FROM builder AS train-builder
COPY requirements/train.lock ./
RUN pip wheel -q --no-deps --require-hashes -r train.lock -w /wheels/train \
    && python -m venv --clear --without-pip /opt/car-price \
    && pip --python /opt/car-price/bin/python install -q --no-cache-dir --no-compile --no-deps --no-index \
        /wheels/train/*.whl \
    && cp -L /usr/lib/*/libgomp.so.1 /opt/car-price/lib/ \
    && ./slim-environment.sh /opt/car-price \
    && python -m compileall -q -j 0 /opt/car-price \
    && /opt/car-price/bin/python -c 'import cronsim, lightgbm, matplotlib.pyplot, mlflow.pyfunc, sklearn.ensemble, xgboost'

FROM runtime AS train
COPY --from=train-builder /opt/car-price /opt/car-price
COPY --from=program /opt/program /opt/program
ENV MPLCONFIGDIR=/tmp/matplotlib
CMD ["run", "--train-only"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="car-price-prediction-train" \
    org.opencontainers.image.description="Trains the models that car-price-prediction prices with" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
