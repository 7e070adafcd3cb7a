select
    d.campaign_id,
    d.campaign_type,
    d.start_date,
    d.end_date,
    coalesce(h.households, 0) as households,
    coalesce(r.redeeming, 0) as redeeming,
    cast(coalesce(r.redeeming, 0) as decimal(18, 6)) / greatest(h.households, 1) as redemption_rate,
    coalesce(s.coupon_products, 0) as coupon_products,
    coalesce(s.sales, 0) as sales
from descriptions as d
left join reached as h on h.campaign_id = d.campaign_id
left join redeemed as r on r.campaign_id = d.campaign_id
left join sold as s on s.campaign_id = d.campaign_id
