select
  basket_id,
  household_id,
  store_id,
  cast(sold_at as timestamp) as sold_at,
  week,
  quantity,
  amount
from raw
