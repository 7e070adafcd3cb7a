select display_location, count(*) as products
from merchandising.promotions
where week = 52 and display_location <> '0'
group by display_location
order by products desc
