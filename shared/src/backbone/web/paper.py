"""The skin of the few pages that every service has: signing in, its description, what a refusal means."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping, Sequence
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
input, button, select { font: inherit; padding: 6px 12px; min-height: 40px; max-width: 100%; border-radius: 4px;
  border: 1px solid var(--quiet); background: var(--back); color: var(--text) }
button { background: var(--accent); color: var(--back); border-color: var(--accent); cursor: pointer }
button.second { background: var(--back); color: var(--text); border-color: var(--quiet) }
header { max-width: 960px; margin: 0 auto; padding: 12px 16px; border-bottom: 1px solid var(--line) }
header, .acts { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center } header form { margin-left: auto }
header a { display: inline-block; padding: 8px 0 } header nav { display: flex; flex-wrap: wrap; gap: 0 20px }
form.act { border: 1px solid var(--line); border-radius: 8px; padding: 4px 12px 12px; margin: 12px 0 }
form.act h2 { border: 0; margin: 4px 0; padding: 4px 0 } label { display: block; margin: 8px 0 }
form.act input, form.act select { display: block; width: min(100%, 420px); margin: 4px 0 }
fieldset { border: 0; padding: 0; margin: 8px 0 } legend { padding: 0 }
form.act input[type=radio] { display: inline-block; width: auto; min-height: 0; margin: 0 6px 0 0;
  vertical-align: middle }
textarea { font: inherit; width: 100%; min-height: 88px; padding: 6px 12px; border-radius: 4px;
  border: 1px solid var(--quiet); background: var(--back); color: var(--text) }
ul.things { list-style: none; padding: 0 } ul.things > li { border-top: 1px solid var(--line); padding: 10px 0 }
.note { border-left: 4px solid var(--accent); padding: 4px 12px; margin: 12px 0 }
.said { white-space: pre-wrap }
"""
_MARK: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# Nothing but this one style, known by its hash: no script, no picture, no frame.
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_MARK}'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)


def paper(
    title: str,
    content: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    top: str = "",
    forms_to: Sequence[str] = (),
) -> HTMLResponse:
    """A page with a heading; `title` is escaped here, `content` and `top` are HTML whose values the caller escaped.

    The answer to a form may lead on to the addresses `forms_to`: browsers keep a form from being led anywhere else.
    """
    words = html.escape(title)
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f'<title>{words}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>'
        f"<body>{top}<main><h1>{words}</h1>{content}</main></body></html>"
    )
    policy = " ".join((_POLICY, *forms_to))
    return HTMLResponse(text, status, {**(headers or {}), "content-security-policy": policy})
