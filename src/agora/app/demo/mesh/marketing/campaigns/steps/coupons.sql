select
    cast(coupon_upc as varchar) as coupon_upc,
    product_id,
    cast(campaign_id as integer) as campaign_id
from raw_coupons
