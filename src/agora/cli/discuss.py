"""`agora discuss`: ask about a product, answer, and rate what you used."""

from typing import Annotated

import typer

from agora.cli.answers.terminal import count, give, paint, safe, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import Place, anywhere
from agora.model.discussion import Answer, Question, Talk
from agora.model.people import Actor
from agora.usecases import discuss as verbs
from agora.usecases import rate as rates
from agora.usecases.discuss import Answered, Asked, Discussion

app = command("discuss", "")
accept = anywhere(verbs.accept)
discussion = anywhere(verbs.discussion)
edit = anywhere(verbs.edit)
hide = anywhere(verbs.hide)
question = anywhere(verbs.question)
reply = anywhere(verbs.reply)
rate = anywhere(rates.rate)
withdraw = anywhere(rates.withdraw)


@app.command(epilog=epilog('agora discuss sales.weekly-sales --ask "Are returns in it?" --as fay'))
def discuss(
    product: Annotated[str, typer.Argument(help="The product: domain.product.")],
    ask: Annotated[str, typer.Option("--ask", help="Ask its owners this.")] = "",
    answer: Annotated[
        str, typer.Option("--answer", help="Answer this question, with `--text`.")
    ] = "",
    edit_: Annotated[
        str, typer.Option("--edit", help="Change this question or answer, with `--text`.")
    ] = "",
    revision: Annotated[
        int, typer.Option("--revision", help="The revision you saw, when you edit.")
    ] = 0,
    accept_: Annotated[str, typer.Option("--accept", help="This answer settles it.")] = "",
    hide_: Annotated[
        str, typer.Option("--hide", help="Take this back or hide it, with `--text` as the reason.")
    ] = "",
    stars: Annotated[int, typer.Option("--rate", help="Give it 1 to 5 stars.")] = 0,
    unrate: Annotated[bool, typer.Option("--unrate", help="Take your stars back.")] = False,
    text: Annotated[str, typer.Option("--text", help="Your words, in Markdown.")] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Read what people ask about a product and say of it, and take part."""
    with opened(mesh) as house:
        who = actor(house, as_)
        if ask:
            _said(question(house, who, product, ask), as_json=json)
        elif answer:
            _said(reply(house, who, product, answer, text), as_json=json)
        elif edit_:
            _said(edit(house, who, product, edit_, text, revision=revision), as_json=json)
        elif accept_:
            _said(accept(house, who, product, accept_), as_json=json)
        elif hide_:
            _said(hide(house, who, product, hide_, text), as_json=json)
        elif stars or unrate:
            _rated(house, who, product, stars, text, as_json=json)
        else:
            _list(discussion(house, who, product), as_json=json)


def _rated(house: Place, who: Actor, product: str, stars: int, text: str, *, as_json: bool) -> None:
    given = rate(house, who, product, stars, text) if stars else withdraw(house, who, product)
    if as_json:
        give("rating", given)
    elif given.withdrawn:
        say(f"your rating of {given.product} is taken back")
    else:
        say(f"{_stars(given.stars)} {given.product}")


def _said(said: Question | Answer, *, as_json: bool) -> None:
    if as_json:
        give("answer" if isinstance(said, Answer) else "question", said)
    elif said.hidden_by:
        say(f"{said.id} is hidden")
    elif isinstance(said, Answer):
        say(f"{said.id} answers {said.question}")
    else:
        say(f"{said.id}: {said.product}")
        say(f"Next: agora discuss {said.product}")


def _list(found: Discussion, *, as_json: bool) -> None:
    if as_json:
        give("discussion", found)
        return
    say(f"{paint(str(found.product), 'bold')}  {_summary(found.talk)}")
    for each in found.asked:
        _question(each)
    for rating in found.ratings:
        say()
        say(safe(f"{_stars(rating.stars)} {rating.author}: {_lines(rating.words, '')}".rstrip()))
    if not found.asked:
        say(f"Next: agora discuss {found.product} --ask …")


def _question(each: Asked) -> None:
    settled = paint(" ✓ settled", "green") if each.question.accepted else ""
    say()
    say(f"? {each.question.id}{settled}  {paint(_who(each.question, each.revision), 'dim')}")
    say(safe(_lines(each.question.text, "  ")))
    for answer in each.answers:
        _answer(answer)


def _answer(each: Answered) -> None:
    mark = paint("✓", "green") if each.accepted else "↳"
    owner = paint(" (owner)", "cyan") if each.answer.of_owner else ""
    say(f"  {mark} {each.answer.id}{owner}  {paint(_who(each.answer, each.revision), 'dim')}")
    say(safe(_lines(each.answer.text, "    ")))


def _who(said: Question | Answer, revision: int) -> str:
    hidden = f", hidden by {said.hidden_by}" if said.hidden_by else ""
    return f"{said.author}, {said.at:%Y-%m-%d}, revision {revision}{hidden}"


def _lines(text: str, before: str) -> str:
    return "\n".join(f"{before}{line}" for line in text.split("\n"))


def _summary(talk: Talk) -> str:
    words = [count(talk.questions, "question")]
    words += [f"{talk.open} without an answer"] if talk.open else []
    if talk.mean is not None:
        words.append(f"{talk.mean:.1f} of 5 stars from {count(talk.ratings, 'rating')}")
    return ", ".join(words)


def _stars(number: int) -> str:
    return "★" * number + "☆" * (5 - number)
