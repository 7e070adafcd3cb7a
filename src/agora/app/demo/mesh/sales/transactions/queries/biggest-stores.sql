select store_id, sum(sales_value) as sales, count(distinct basket_id) as baskets
from sales.transactions
group by store_id
order by sales desc
limit 10
