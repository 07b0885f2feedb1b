"""The skin of the few pages that every service has: signing in, its description, what a refusal means."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from typing import Final

from starlette.responses import HTMLResponse

STYLE: Final = """
:root { color-scheme: light dark; --back: #fff; --text: #16202a; --quiet: #4c5a67; --line: #c6d0d9; --accent: #0b5cad }
@media (prefers-color-scheme: dark) {
  :root { --back: #10161c; --text: #e8eef4; --quiet: #a9b7c4; --line: #3b4955; --accent: #7cb8ff }
}
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: var(--back); color: var(--text) }
main { max-width: 960px; margin: 0 auto; padding: 16px; overflow-wrap: anywhere }
h1 { font-size: 1.5rem } h1::first-letter { text-transform: uppercase }
h2 { font-size: 1rem; margin: 20px 0 0; border-top: 1px solid var(--line); padding-top: 12px }
p { margin: 8px 0 } a { color: var(--accent) } code { font-size: 0.95em } .quiet { color: var(--quiet) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
input, button { font: inherit; padding: 6px 12px; min-height: 40px; max-width: 100%; border-radius: 4px;
  border: 1px solid var(--quiet); background: var(--back); color: var(--text) }
button { background: var(--accent); color: var(--back); border-color: var(--accent); cursor: pointer }
"""
_MARK: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# Nothing but this one style, known by its hash: no script, no picture, no frame.
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_MARK}'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def paper(
    title: str, content: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """A page with a heading; `title` is escaped here, `content` is HTML whose values the caller escaped."""
    words = html.escape(title)
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f'<title>{words}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>'
        f"<body><main><h1>{words}</h1>{content}</main></body></html>"
    )
    return HTMLResponse(text, status, {**(headers or {}), "content-security-policy": _POLICY})
