#!/usr/bin/python3
"""A real SMTP server (Debian's aiosmtpd) on loopback that takes letters apart.

    smtp.py [--auth USER:PASSWORD] [--tls CERT KEY]

Prints `port N`, then one JSON line per letter as Python's own mail parser reads
it. RCPT refuse@ is 550, later@ is 451, and so is once@ (or once.X@) the first
time. Ends when standard input ends."""
import argparse
import asyncio
import base64
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

args = argparse.ArgumentParser()
args.add_argument("--auth")
args.add_argument("--tls", nargs=2)
args = args.parse_args()


class Desk:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse@"):
            return "550 no such person"
        if address.startswith("later@"):
            return "451 come again"
        if address.startswith("once") and address not in self.seen:
            self.seen.add(address)
            return "451 come again"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server, session, envelope):
        m = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = {t: m.get_body((t,)) for t in ("plain", "html")}
        files = [{"name": a.get_filename(), "type": a.get_content_type(),
                  "size": len(a.get_payload(decode=True))} for a in m.iter_attachments()]
        pictures = [{"id": a["content-id"], "type": a.get_content_type(), "shown": a.get_content_disposition(),
                     "octets": base64.b64encode(a.get_payload(decode=True)).decode()}
                    for r in m.walk() if r.get_content_type() == "multipart/related" for a in r.iter_attachments()]
        print(json.dumps({
            "from": str(m["from"]), "to": str(m["to"]), "subject": str(m["subject"]), "id": str(m["message-id"]),
            "date": str(m["date"]), "language": str(m["content-language"]), "envelope": [envelope.mail_from, envelope.rcpt_tos],
            "text": body["plain"].get_content() if body["plain"] else None,
            "html": body["html"].get_content() if body["html"] else None,
            "files": files, "pictures": pictures, "parts": [a.get_content_type() for a in m.walk()],
            "defects": [str(d) for a in m.walk() for d in a.defects], "tls": session.ssl is not None}, ensure_ascii=False), flush=True)
        return "250 taken"


def allowed(server, session, envelope, mechanism, data):
    return AuthResult(handled=False, success=(data.login + b":" + data.password).decode() == args.auth)


more = {}
if args.auth:
    more.update(authenticator=allowed, auth_required=True, auth_require_tls=bool(args.tls))
if args.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*args.tls)
    more.update(tls_context=context, require_starttls=True)


async def main():
    desk = Desk()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(desk, enable_SMTPUTF8=True, **more), "127.0.0.1", 0)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
