select
  household_id,
  count(*) as baskets,
  sum(amount) as amount
from transactions
group by household_id
