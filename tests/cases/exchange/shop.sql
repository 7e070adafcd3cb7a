-- a shop, as PostgreSQL dumps it
CREATE TABLE customers (
  id BIGINT PRIMARY KEY,
  email VARCHAR(200) NOT NULL UNIQUE,
  score NUMERIC(5,2) CHECK (score >= 0 AND score <= 100),
  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new','old')),
  extra JSONB
);
CREATE TABLE "Orders" (
  id uuid,
  customer_id BIGINT REFERENCES customers (id),
  store_id int references stores(id),
  amount numeric NOT NULL,
  ordered_at TIMESTAMPTZ NOT NULL,
  note varchar(20) CHECK (length(note) > 2),
  CONSTRAINT positive CHECK (amount > 0 OR note IS NOT NULL),
  UNIQUE (customer_id, ordered_at)
);
ALTER TABLE "Orders" ADD CONSTRAINT orders_pk PRIMARY KEY (id);
COMMENT ON TABLE "Orders" IS 'One row per order';
COMMENT ON COLUMN "Orders".amount IS 'In euros';
CREATE INDEX by_amount ON "Orders" (amount);
