"""`agora request`: ask the owners for access."""

from agora.cli.answers import access as told
from agora.cli.answers.terminal import give
from agora.cli.asking import (
    As,
    Json,
    MeshFolder,
    actor,
    columns_of,
    command,
    epilog,
    last_moment,
    opened,
    words,
)
from agora.cli.reaching import anywhere, here
from agora.cli.wishing import (
    AcceptTerms,
    Columns,
    DryRun,
    Edition,
    For,
    Onward,
    Reason,
    Until,
    UsedFor,
    Wanted,
)
from agora.usecases import access
from agora.usecases.agreeing.asking import Wish

app = command("request", "")
ask_for = anywhere(access.ask_for)
foresee = anywhere(access.foresee)


@app.command(
    epilog=epilog(
        'agora request customers.households --purpose reporting --reason "board pack" --as fay'
    )
)
def request(
    ports: Wanted,
    purpose: UsedFor,
    reason: Reason = "",
    consumer: For = "",
    columns: Columns = None,
    edition: Edition = "",
    onward: Onward = None,
    until: Until = "",
    accept_terms: AcceptTerms = False,
    dry_run: DryRun = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Ask for products; their owners see the requests and answer them."""
    wish = Wish(
        ports=tuple((port, columns_of(columns)) for port in ports),
        purpose=purpose,
        reason=reason,
        consumer=consumer,
        until=last_moment(until),
        edition=edition,
        accept_terms=accept_terms,
        onward=words(onward),
    )
    with opened(mesh) as house:
        if dry_run:
            found = foresee(house, actor(house, as_), wish)
            give("foresight", found) if json else told.foresight(found)
            return
        asked = ask_for(house, actor(house, as_), wish)
    if json:
        give("asked", asked[0] if len(asked) == 1 else asked)
    else:
        told.asked(asked, here=here(house))
