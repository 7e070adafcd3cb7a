select
    household_id,
    max(cast(sold_at as date)) as last_day,
    count(distinct basket_id) as baskets,
    sum(sales_value) as spent
from transactions
group by household_id
