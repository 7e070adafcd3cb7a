select
    s.household_id,
    s.recency_days,
    s.baskets,
    s.spent,
    s.recency,
    s.frequency,
    s.monetary,
    case
        when s.recency >= 4 and s.frequency >= 4 and s.monetary >= 4 then 'champion'
        when s.frequency >= 4 then 'loyal'
        when s.recency >= 4 then 'promising'
        when s.recency >= 2 then 'at-risk'
        else 'lapsed'
    end as segment,
    h.age
from scored as s
left join households as h on h.household_id = s.household_id
