select c.campaign_id, count(distinct c.product_id) as coupon_products, coalesce(sum(s.sales), 0) as sales
from (select distinct campaign_id, product_id from coupons) as c
left join (
    select d.campaign_id, t.product_id, sum(t.sales_value) as sales
    from transactions as t
    join targets as g on g.household_id = t.household_id
    join descriptions as d
        on d.campaign_id = g.campaign_id
        and cast(t.sold_at as date) between d.start_date and d.end_date
    group by d.campaign_id, t.product_id
) as s on s.campaign_id = c.campaign_id and s.product_id = c.product_id
group by c.campaign_id
