-- Ties are broken by the household, so that two builds agree.
select
    *,
    date_diff('day', last_day, (select max(last_day) from shopped)) as recency_days,
    ntile(5) over (order by last_day, household_id) as recency,
    ntile(5) over (order by baskets, household_id) as frequency,
    ntile(5) over (order by spent, household_id) as monetary
from shopped
