#!/usr/bin/env python3
"""bridge.py apaleo|uisp HOST:PORT: webhooks in, calls to Latchkey out.

Environment: LATCHKEY (https://...), TOKEN_FILE, HOOK_FILE (a secret word that
the path has to be), for apaleo also APALEO_TOKEN_FILE, and APALEO when it is
not https://api.apaleo.com. See README.md beside this file.
"""
import hmac
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY_MAX = 256 * 1024


def word(name):
    with open(os.environ[name], encoding="utf-8") as file:
        return file.read().strip()


def fetch(url, token, body=None):
    """The JSON that URL answers with; None when there is nothing (404)."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {
        "Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as e:
        if e.code == 404:
            return None
        detail = e.read(500).decode(errors="replace")
        raise OSError(f"{e.code} {detail}") from e


def latchkey(path, body):
    return fetch(f"{os.environ['LATCHKEY']}/api/v1/{path}", word("TOKEN_FILE"), body)


def apaleo(event):
    """By what the reservation is now, whatever the event was."""
    if event.get("topic", "").lower() != "reservation":
        return
    number = urllib.parse.quote(event["data"]["entityId"], safe="")
    base = os.environ.get("APALEO", "https://api.apaleo.com")
    r = fetch(f"{base}/booking/v1/reservations/{number}", word("APALEO_TOKEN_FILE"))
    status = r["status"] if r else "Canceled"
    if status in ("CheckedOut", "Canceled", "NoShow"):
        latchkey(f"stays/{number}/out", {"reason": status})
    elif status == "InHouse":
        guest = r.get("primaryGuest") or {}
        name = f"{guest.get('firstName', '')} {guest.get('lastName', '')}".strip()
        latchkey(f"stays/{number}", {"name": name or "Guest",
                                     "room": (r.get("unit") or {}).get("name", ""),
                                     "departure": utc(r["departure"])})


def utc(text):
    """RFC 3339 with any offset, as one in UTC."""
    from datetime import datetime, timezone
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


UISP = {"service.add": "", "service.activate": "", "service.suspend": "/suspend",
        "service.suspend_cancel": "/restore", "service.postpone": "/restore",
        "service.end": "/end", "service.archive": "/end"}


def uisp(event):
    act = UISP.get(event.get("eventName"))
    if act is None:
        return
    number = f"service-{int(event['entityId'])}"
    entity = (event.get("extraData") or {}).get("entity") or {}
    name = {"name": entity.get("name") or f"UISP {number}"}
    if act == "":
        latchkey(f"accounts/{number}", name)
    elif act == "/restore":
        latchkey(f"accounts/{number}/restore", {})
    else:
        latchkey(f"accounts/{number}{act}", {"reason": event["eventName"]})


class Ear(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if not hmac.compare_digest(self.path.encode(), f"/{word('HOOK_FILE')}".encode()):
            return self.end(404)
        if not 0 < length <= BODY_MAX:
            return self.end(413)
        try:
            WHO[sys.argv[1]](json.loads(self.rfile.read(length)))
        except (ValueError, KeyError, TypeError) as e:
            print(f"not understood: {e!r}", file=sys.stderr, flush=True)
            return self.end(400)
        except OSError as e:
            print(f"failed: {e}", file=sys.stderr, flush=True)
            return self.end(502)
        return self.end(204)

    def end(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass  # the path is a secret


WHO = {"apaleo": apaleo, "uisp": uisp}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in WHO:
        sys.exit(__doc__)
    host, port = sys.argv[2].rsplit(":", 1)
    ThreadingHTTPServer((host, int(port)), Ear).serve_forever()
