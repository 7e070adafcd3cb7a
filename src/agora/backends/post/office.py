"""The post office: mail through SMTP and calls of webhooks, as the mesh's settings say."""

from collections.abc import Callable

from agora.backends.post import smtp, webhook
from agora.model.errors import Unavailable
from agora.model.mesh import PostOffice
from agora.model.notice import Call, Letter
from agora.needs.source import Hidden


class Office:
    """Answers the need for a post; `secret` fills in what a setting names."""

    def __init__(self, settings: PostOffice, secret: Callable[[str], Hidden]) -> None:
        """Nothing is opened before something is sent."""
        self._settings, self._secret = settings, secret

    def judge(self, url: str) -> None:
        webhook.judge(url, self._settings.private)

    def mail(self, letter: Letter) -> None:
        server = self._settings.smtp
        if server is None:
            raise Unavailable(
                "the mesh has no mail server",
                code="E660",
                hint="name one in `agora.yaml`: `post: {smtp: {…}}`",
            )
        smtp.send(server, self._secret(server.password), self._settings.site, letter)

    def call(self, call: Call) -> None:
        webhook.send(call, self._settings.private)
