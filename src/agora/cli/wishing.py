"""What the commands about access can be told: for whom, which columns, until when, and why."""

from typing import Annotated

import typer

For = Annotated[
    str, typer.Option("--for", help="Somebody you may ask for: a service, an agent, team:ID.")
]
Columns = Annotated[list[str] | None, typer.Option("--columns", help="Only these columns.")]
Until = Annotated[str, typer.Option("--until", help="The last day, as 2018-06-30.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in your own words.")]
AcceptTerms = Annotated[
    bool, typer.Option("--accept-terms", help="Accept the terms of use as they are now.")
]
Onward = Annotated[
    list[str] | None,
    typer.Option("--onward", help="A product passes it on: for these purposes, too."),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Send nothing: say who decides, what is masked, and what is against it."
    ),
]
Edition = Annotated[
    str, typer.Option("--edition", help="Only this edition, whose rows are then kept for it.")
]
Wanted = Annotated[
    list[str],
    typer.Argument(help="Products or ports, for one purpose: domain.product[.port][@version]."),
]
Waiting = Annotated[
    str,
    typer.Argument(
        help="Which request (as REQUEST@2 once it was changed); without one, those that wait."
    ),
]
Refuse = Annotated[bool, typer.Option("--refuse", help="Say no.")]
Ask = Annotated[str, typer.Option("--ask", help="Ask back before you answer.", metavar="QUESTION")]
Look = Annotated[
    bool, typer.Option("--look", help="Answer nothing: see what policy says and what was before.")
]
EndInstead = Annotated[
    bool, typer.Option("--end", help="End an agreement: name it instead of a request.")
]
Told = Annotated[str, typer.Option("--reason", help="What to tell the one who asked.")]
Allowed = Annotated[list[str] | None, typer.Option("--columns", help="Allow only these columns.")]
AllowedUntil = Annotated[
    str, typer.Option("--until", help="Allow it up to this day and with it, as 2018-06-30.")
]
AllowedOnward = Annotated[
    list[str] | None,
    typer.Option("--onward", help="Accept that it is passed on for these purposes only."),
]
NoOnward = Annotated[bool, typer.Option("--no-onward", help="It is passed on for nothing more.")]
Held = Annotated[
    str,
    typer.Argument(
        help="An agreement or a request of yours, or a product to carry over; else all."
    ),
]
End = Annotated[bool, typer.Option("--end", help="End the agreement.")]
Renew = Annotated[bool, typer.Option("--renew", help="Ask the owners to let the agreement go on.")]
Extend = Annotated[bool, typer.Option("--extend", help="As its owner: let the agreement go on.")]
Carry = Annotated[
    bool,
    typer.Option(
        "--carry", help="As who runs the product: agreements hold for its newer versions too."
    ),
]
Reply = Annotated[
    str, typer.Option("--reply", help="Answer what the owners asked back.", metavar="WORDS")
]
Withdraw = Annotated[bool, typer.Option("--withdraw", help="Take the request back.")]
Change = Annotated[
    bool, typer.Option("--change", help="Ask for other --columns or another --until.")
]
Add = Annotated[
    list[str] | None, typer.Option("--add", help="Put a product or port into the cart.")
]
Remove = Annotated[list[str] | None, typer.Option("--remove", help="Take one out of the cart.")]
UsedFor = Annotated[str, typer.Option("--purpose", help="What it will be used for.")]
Send = Annotated[bool, typer.Option("--send", help="Ask for all of it.")]
