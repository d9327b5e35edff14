"""An SMTP server on aiosmtpd, for one test.

The first line of standard input is JSON: what OutsideSmtpSettings holds. Standard output gets one JSON object for each line:
first the port, then every message the server took. The server ends when standard input does.
"""

import asyncio
import base64
import json
import logging
import ssl
import sys
import tempfile

from aiosmtpd.smtp import SMTP, AuthResult

logging.disable(logging.WARNING)  # aiosmtpd warns of itself
settings = json.loads(sys.stdin.readline())
greeted = set()


def tell(**fact):
    print(json.dumps(fact), flush=True)


def authenticate(server, session, envelope, mechanism, credentials):
    known = (credentials.login, credentials.password) == (settings["userName"].encode(), settings["password"].encode())
    return AuthResult(success=known, handled=False, auth_data=credentials.login.decode())


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if refusal := settings["recipients"].get(address):
            return refusal
        if settings["greylist"] and address not in greeted:
            greeted.add(address)
            return "451 4.7.1 Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        if settings["content"]:
            return settings["content"]
        tell(
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            content=base64.b64encode(envelope.content).decode(),
            secure=server.transport.get_extra_info("ssl_object") is not None,
            user=session.auth_data,
        )
        if settings["break"] == "afterContent":
            server.transport.abort()
        return "250 2.0.0 Taken"


class Server(SMTP):
    async def smtp_DATA(self, argument):
        if settings["break"] != "duringContent":
            return await super().smtp_DATA(argument)
        await self.push("354 Go ahead")
        await self._reader.readline()
        self.transport.abort()
        await self.loop.create_future()  # until the lost connection cancels this


def tls_context():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as pem:
        pem.write(settings["key"] + "\n" + settings["certificate"])
        pem.flush()
        context.load_cert_chain(pem.name)
    return context


async def main():
    loop = asyncio.get_running_loop()
    security = settings["security"]

    def connection():
        return Server(
            Handler(),
            loop=loop,
            hostname="aiosmtpd.example",
            tls_context=tls_context() if security == "startTls" else None,
            require_starttls=security == "startTls",
            auth_required=settings["userName"] is not None,
            auth_require_tls=security == "startTls",
            auth_exclude_mechanism=[name for name in ("PLAIN", "LOGIN") if name not in settings["authentication"]],
            authenticator=authenticate,
            enable_SMTPUTF8=settings["smtpUtf8"],
            data_size_limit=settings["maxSize"],
        )

    server = await loop.create_server(connection, "127.0.0.1", 0, ssl=tls_context() if security == "tls" else None)
    tell(port=server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
