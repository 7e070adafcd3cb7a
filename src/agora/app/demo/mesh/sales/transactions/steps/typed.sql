-- Money becomes decimal: sums of floats differ from run to run.
select
    household_id,
    cast(store_id as integer) as store_id,
    basket_id,
    product_id,
    cast(quantity as integer) as quantity,
    cast(sales_value as decimal(12, 2)) as sales_value,
    cast(retail_disc as decimal(12, 2)) as retail_disc,
    cast(coupon_disc as decimal(12, 2)) as coupon_disc,
    cast(coupon_match_disc as decimal(12, 2)) as coupon_match_disc,
    cast("week" as integer) as "week",
    transaction_timestamp as sold_at
from raw
