select department, sum(sales) as sales
from sales.weekly_sales
group by department
order by sales desc
limit 10
