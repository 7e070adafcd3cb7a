"""The script of the demo: who asks whom for what, what three persons ask, and what to try next."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A request, and who answers it; a wish nobody answers stays pending.

    What it is used for `onward`, by those who read what is made of it, is accepted with it.
    A `late` one comes when everything has been delivered. Those of products are answered at once, so
    that they can be made; those of people on the next day.
    """

    port: str
    by: str
    purpose: str
    reason: str
    consumer: str = ""
    until: str = "2018-12-31"
    answered_by: str = ""
    late: bool = False
    onward: tuple[str, ...] = ()

    @property
    def next_day(self) -> bool:
        """Whether its owner answers on the day after it was asked."""
        return bool(self.answered_by) and "." not in self.consumer


WISHES = (
    Wish(
        port="merchandising.catalogue", by="emil", consumer="service:sales.weekly-sales",
        purpose="reporting", reason="departments for the weekly report", answered_by="mona",
        onward=("finance-planning", "range-planning"),
    ),
    Wish(
        port="sales.transactions", by="milo", consumer="service:marketing.customer-segments",
        purpose="segmentation", reason="recency, frequency and spending", answered_by="sofia",
        onward=("range-planning",),
    ),
    Wish(
        port="customers.households", by="milo", consumer="service:marketing.customer-segments",
        purpose="segmentation", reason="age bands beside the segments", answered_by="cora",
        onward=("range-planning",),
    ),
    Wish(
        port="sales.transactions", by="milo", consumer="service:marketing.campaign-response",
        purpose="campaign-planning", reason="sales while a campaign runs", answered_by="sofia",
    ),
    Wish(
        port="sales.weekly-sales", by="finn", consumer="service:finance.revenue-vs-target",
        purpose="finance-planning", reason="revenue beside the targets", answered_by="sofia",
    ),
    Wish(
        port="customers.households", by="ana", purpose="reporting",
        reason="who shops in my stores", answered_by="cora",
    ),
    Wish(
        port="customers.households", by="fay", purpose="reporting",
        reason="households behind the figures of the board", answered_by="cora",
    ),
    Wish(
        port="sales.transactions", by="fay", purpose="reporting",
        reason="revenue by group of households", answered_by="sofia",
    ),
    Wish(
        port="sales.transactions", by="cora", purpose="reporting",
        reason="how much each group of households spends", answered_by="sofia",
    ),
    Wish(
        port="sales.weekly-sales", by="finn", consumer="service:bi", purpose="reporting",
        reason="board dashboards", answered_by="sofia",
    ),
    Wish(
        port="marketing.customer-segments", by="mia", purpose="range-planning",
        reason="which segments buy our own brand", late=True,
    ),
)  # fmt: skip

READERS = (
    ("cora", "owns the households: sees every age and every store"),
    ("ana", "analyst of sales: sees the stores she looks after, and no ages"),
    ("fay", "analyst of finance: sees every store, and no ages"),
)
PURPOSE = "reporting"
QUESTION = """\
select h.age, count(distinct t.store_id) as stores, count(distinct t.household_id) as households,
       sum(t.sales_value) as sales
from sales.transactions t
join customers.households h on h.household_id = t.household_id
where t.week between 40 and 52
group by h.age
order by h.age"""

AGENT = (
    "agent:aria",
    "an agent that acts for fay: reads what she may read, under her agreements",
    "select count(distinct store_id) as stores, sum(sales_value) as sales from sales.transactions",
)
REFUSED = (
    "mei",
    "analyst of marketing: nobody has agreed this with her",
    "select household_id, sum(sales_value) as sales from sales.transactions group by all",
)

SAID = "sales.transactions"
ASKED = ("fay", "Is the discount of the shop already taken off `sales_value`?")
ANSWERED = (
    "sofia",
    "Yes: it is what the shop received for the line. `retail_disc` says how much was taken off.",
)
RATED = ("fay", 4, "Every line knows its week, so weeks are easy to compare.")

NEXT = (
    "agora show sales.weekly-sales --as fay",
    "agora explain customers.households --as fay --purpose reporting",
    'agora query "select segment, count(*) as n from marketing.customer_segments group by all" --as mei',
    'agora query "select max(week) from sales.weekly_sales" --edition 2017-12-20 --as sofia',
    "agora lineage finance.revenue-vs-target.revenue",
    "agora approve --as maya",
    "agora show marketing.campaigns.coupons --quarantine --as mei",
    "agora ledger verify",
)
