select
    household_id,
    cast(coupon_upc as varchar) as coupon_upc,
    cast(campaign_id as integer) as campaign_id,
    cast(redemption_date as date) as redeemed_on
from raw_redemptions
