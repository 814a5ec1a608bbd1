"""A mail server for tests, that takes what it is given, or does not."""

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Generator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("mail_server.pem")  # of localhost, signed by itself


class Server(socketserver.ThreadingTCPServer):
    """A mail server that takes what it is given, or refuses the first few. It notes what it hears in the clear."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[EmailMessage] = []
        self.refusals = 0
        self.says_to_addresses = "250 fine"
        self.can_encrypt = False
        self.in_the_clear: list[str] = []
        self.encrypted: list[str] = []


class _Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        with contextlib.suppress(ssl.SSLError):  # the other side does not believe the certificate
            self.talk()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def talk(self) -> None:
        self.heard = self.server.in_the_clear
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper().split(":")[0].split()[0]
            self.heard.append(verb)
            if verb == "DATA":
                self.say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                message = message_from_bytes(b"".join(lines), policy=policy.default)
                assert isinstance(message, EmailMessage)
                self.server.taken.append(message)
            if verb == "STARTTLS":
                self.say("220 go on")
                self.encrypt()
            elif verb == "EHLO":
                self.say("250-here")
                if self.server.can_encrypt and self.heard is self.server.in_the_clear:
                    self.say("250-STARTTLS")
                self.say("250 AUTH PLAIN")
            elif verb == "AUTH":
                self.say("235 welcome")
            elif verb == "MAIL" and self.server.refusals:
                self.server.refusals -= 1
                self.say("451 later")
            elif verb == "RCPT":
                self.say(self.server.says_to_addresses)
            else:
                self.say("221 bye" if verb == "QUIT" else "250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.setup()
        self.heard = self.server.encrypted


@contextlib.contextmanager
def running() -> Generator[Server]:
    """One that listens, on a port of its own."""
    with Server() as opened:
        threading.Thread(target=opened.serve_forever, daemon=True).start()
        yield opened
        opened.shutdown()
