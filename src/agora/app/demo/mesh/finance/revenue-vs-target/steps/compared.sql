select
    t."week",
    t.department,
    coalesce(r.revenue, 0) as revenue,
    t.target,
    coalesce(r.revenue, 0) - t.target as gap,
    coalesce(r.revenue, 0) >= t.target as reached
from targets as t
left join revenue as r on r."week" = t."week" and r.department = t.department
