select store_id, sum(amount) as amount
from sales.transactions
group by store_id
order by store_id
