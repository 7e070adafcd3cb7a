"""Mail: one plain letter to one address, encrypted unless the server is this very machine."""

import smtplib
import ssl
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime

from agora.model.errors import Invalid, Unavailable
from agora.model.mesh import Smtp
from agora.model.notice import Letter
from agora.needs.source import Hidden

SECONDS = 20
_HERE = {"localhost", "127.0.0.1", "::1"}
_NEVER = range(500, 600)


def send(server: Smtp, password: Hidden, site: str, letter: Letter) -> None:
    """The server has taken the letter; raises Unavailable or, when it never will, Invalid."""
    message = written(server, site, letter)
    try:
        with _opened(server) as line:
            if server.user:
                line.login(server.user, password.reveal())
            line.send_message(message)
    except smtplib.SMTPRecipientsRefused as problem:
        codes = [code for code, _ in problem.recipients.values()]
        if all(code in _NEVER for code in codes):
            raise Invalid("the mail server refuses the address", code="E661") from None
        raise _silent() from None
    except smtplib.SMTPNotSupportedError:
        raise Unavailable(
            "the mail server offers no encryption, so nothing is sent",
            code="E660",
            hint="`post.smtp.tls` says how it encrypts",
        ) from None
    except smtplib.SMTPAuthenticationError:
        raise Unavailable(
            "the mail server lets nobody in", code="E660", hint="check `post.smtp.user`"
        ) from None
    except (OSError, smtplib.SMTPException):
        raise _silent() from None


def written(server: Smtp, site: str, letter: Letter) -> EmailMessage:
    """The letter as a message; raises Invalid for an address that is none."""
    message = EmailMessage(policy=SMTP)
    domain = server.sender.rpartition("@")[2]
    leave = f"mailto:{server.sender}?subject=unsubscribe"
    try:
        message["From"] = Address(addr_spec=server.sender)
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
    except (HeaderParseError, ValueError, IndexError):
        raise Invalid("the address is no mail address", code="E661") from None
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{letter.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    page = f"<{site.rstrip('/')}/me/notifications>, " if site else ""
    message["List-Unsubscribe"] = f"{page}<{leave}>"
    message.set_content(letter.text, cte="quoted-printable")
    return message


def _opened(server: Smtp) -> smtplib.SMTP:
    if server.tls == "none":
        if server.host not in _HERE:
            raise Unavailable(
                "mail goes unencrypted to this machine only",
                code="E660",
                hint="`post.smtp.tls` is `starttls` or `tls` for any other server",
            )
        return smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    context = ssl.create_default_context()
    if server.tls == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    line = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        line.starttls(context=context)
    except BaseException:
        line.close()
        raise
    return line


def _silent() -> Unavailable:
    return Unavailable(
        "the mail server does not answer",
        code="E660",
        hint="is it running, and `post.smtp` right?",
    )
