select department, count(*) as weeks_missed, sum(gap) as gap
from finance.revenue_vs_target
where not reached
group by department
order by gap
