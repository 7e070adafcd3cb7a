select
    t."week",
    coalesce(c.department, 'UNKNOWN') as department,
    t.store_id,
    sum(t.sales_value) as sales,
    sum(t.quantity) as pieces,
    count(distinct t.basket_id) as baskets,
    count(distinct t.household_id) as households
from transactions as t
left join catalogue as c on c.product_id = t.product_id
group by all
