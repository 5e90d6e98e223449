# The embedded cloud with both endpoints: `docker run -p 14566:14566 -p 14443:14443 IMAGE`, or beside a job in CI.
# What it deploys and keeps is in /cloud/state; a volume there outlives the container.
FROM python:3.12-slim

RUN useradd --create-home --uid 10001 cloud && mkdir -p /cloud/state && chown -R cloud /cloud
WORKDIR /cloud
COPY constraints.txt requirements.txt requirements-local.txt ./
RUN pip install --no-cache-dir --no-compile -c constraints.txt pulumi pulumi-aws pulumi-snowflake \
    && pip install --no-cache-dir --no-compile -r requirements.txt -r requirements-local.txt
COPY --chown=cloud . .
USER cloud
ENV PYTHONUNBUFFERED=1
EXPOSE 14566 14443
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=5 \
    CMD ["python", "-c", "import socket; [socket.create_connection(('127.0.0.1', port), 2).close() for port in (14566, 14443)]"]
ENTRYPOINT ["python", "-m", "local_cloud"]
CMD ["serve", "--empty", "--state", "/cloud/state", "--host", "0.0.0.0"]
